//! tianyancha
