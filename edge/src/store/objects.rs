//! The bytes of files, in R2. An object's key is random, so that knowing one file tells nothing of another; what a browser
//! needs to be told with it is kept with it.

use super::StoreError;
use crate::http::range::Wanted;
use web_sys::ReadableStream;
use worker::{Bucket, Env, Headers, HttpMetadata, MultipartUpload, Range, UploadedPart};

/// The bucket.
#[derive(Debug, Clone)]
pub struct Objects(Bucket);

/// What is kept of an object beside its bytes.
#[derive(Debug)]
pub struct Kept {
    /// How many bytes it has.
    pub size: u64,
    /// What changes when they change, in quotes.
    pub etag: String,
    /// What to tell of it.
    pub headers: Headers,
}

/// An object that comes in parts. It is there once it is completed.
#[derive(Debug)]
pub struct Parts {
    upload: MultipartUpload,
    done: Vec<UploadedPart>,
}

impl Objects {
    /// The bucket that holds what people send.
    pub fn of(env: &Env) -> Result<Self, StoreError> {
        Ok(Self(env.bucket("MEDIA")?))
    }

    /// Keeps an object as a whole.
    pub async fn put(&self, key: &str, bytes: Vec<u8>, told: HttpMetadata) -> Result<(), StoreError> {
        self.0.put(key, bytes).http_metadata(told).execute().await?;
        Ok(())
    }

    /// Begins an object that comes in parts.
    pub async fn begin(&self, key: &str, told: HttpMetadata) -> Result<Parts, StoreError> {
        let upload = self.0.create_multipart_upload(key).http_metadata(told).execute().await?;
        Ok(Parts { upload, done: Vec::new() })
    }

    /// What is kept of an object; none where there is none.
    pub async fn head(&self, key: &str) -> Result<Option<Kept>, StoreError> {
        self.0.head(key).await?.map(|object| kept(&object)).transpose()
    }

    /// An object with its bytes, or some of them; none where there is none.
    pub async fn get(&self, key: &str, wanted: Wanted) -> Result<Option<(Kept, ReadableStream)>, StoreError> {
        let get = match wanted {
            Wanted::Part { offset, length } => {
                self.0.get(key).range(Range::OffsetWithLength { offset, length })
            }
            Wanted::Whole | Wanted::Nothing => self.0.get(key),
        };
        let Some(object) = get.execute().await? else { return Ok(None) };
        let worker::ResponseBody::Stream(stream) = object
            .body()
            .ok_or_else(|| worker::Error::RustError("an object without a body".into()))?
            .response_body()?
        else {
            return Ok(None);
        };
        Ok(Some((kept(&object)?, stream)))
    }

    /// Removes objects; those that are not there are none the less gone.
    pub async fn delete(&self, keys: Vec<String>) -> Result<(), StoreError> {
        if !keys.is_empty() {
            self.0.delete_multiple(keys).await?;
        }
        Ok(())
    }
}

fn kept(object: &worker::Object) -> Result<Kept, StoreError> {
    let headers = Headers::new();
    // The wrapper's own clone would be another list.
    object.write_http_metadata(Headers(headers.0.clone()))?;
    Ok(Kept { size: object.size(), etag: object.http_etag(), headers })
}

impl Parts {
    /// Adds a part. All but the last have the same length, of 5 MiB at least (R2's own rule).
    pub async fn add(&mut self, bytes: Vec<u8>) -> Result<(), StoreError> {
        let number = u16::try_from(self.done.len() + 1).unwrap_or(u16::MAX);
        self.done.push(self.upload.upload_part(number, bytes).await?);
        Ok(())
    }

    /// Makes an object of the parts.
    pub async fn complete(self) -> Result<(), StoreError> {
        self.upload.complete(self.done).await?;
        Ok(())
    }

    /// Forgets the parts.
    pub async fn abort(self) -> Result<(), StoreError> {
        Ok(self.upload.abort().await?)
    }
}
