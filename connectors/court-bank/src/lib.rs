//! court-bank
