#pragma once

#include <filesystem>

#include "base/file_descriptor.h"

namespace tokprep {

/// Whether a media file ends where it says it does.
enum class FileEnd {
  kThere,
  kMissing,  ///< more is to come
  kUntold,   ///< its kind does not tell, or it cannot be read
};

/// The end is missing where the last box of an MP4 or QuickTime file is cut or its `moov` is missing, a Matroska, AVI
/// or WebP file is shorter than its own length field, a PNG has no IEND, a JPEG no end marker, and where there are
/// fewer bytes than tell what it is. Untold it is of every other kind of file, of a recording in fragments or of
/// unknown length, and of more parts than are looked at.
///
/// Reads a few bytes here and there (of a JPEG, up to its end marker), decodes nothing.
/// Sources: ISO/IEC 14496-12 §4.2, RFC 8794 §4 and §6, RIFF (Multimedia Programming Interface 1.0), PNG 1.2 §3.2,
/// ITU-T T.81 annex B.
FileEnd end_of(const std::filesystem::path& file);
FileEnd end_of(const FileDescriptor& file);

}  // namespace tokprep
