//! chakong
