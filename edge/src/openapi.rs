//! Describes.
