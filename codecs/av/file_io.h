#pragma once

#include <filesystem>

#include "base/result.h"

extern "C" {
#include <libavformat/avformat.h>
}

namespace tokprep::av {

/// A file as libav's stream of bytes, in place of its own `file:` protocol: opened by `open_for_reading` or
/// `open_for_writing`, so that a file that was handed over by descriptor can be used, read and written at offsets of
/// its own. As fast as the protocol: its buffer sizes.
///
/// `close_file` gives back what these give. `interrupt` is asked before each read; it may be empty.
/// Errors: those of opening; kIo where memory runs out.
Result<AVIOContext*> open_file_to_read(const std::filesystem::path& path, AVIOInterruptCB interrupt);
Result<AVIOContext*> open_file_to_write(const std::filesystem::path& path);

/// Why a read of that stream failed, by errno; 0 while none did. Demuxers take a failed read for the end of the file,
/// or for damage.
int read_errno(const AVIOContext& reader);

/// A second stream over the same open file, for reading what was written. Null where memory or descriptors run out.
AVIOContext* read_beside(const AVIOContext& writer);

/// Writes what is buffered, closes and frees; null is nothing to do. Returns the first error of writing, or 0.
int close_file(AVIOContext* io);

/// Lets nothing but the given stream be read by this context: no protocol is within its reach, whatever a playlist or
/// a reference movie may name.
void forbid_other_files(AVFormatContext& format);

}  // namespace tokprep::av
