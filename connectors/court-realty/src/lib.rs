//! court-realty
