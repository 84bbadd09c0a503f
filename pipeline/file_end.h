#pragma once

#include <filesystem>

namespace tokprep {

/// True where a media file says of itself that more is to come: the last box of an MP4 or QuickTime file is cut or its
/// `moov` is missing, a Matroska, AVI or WebP file is shorter than its own length field, a PNG has no IEND, a JPEG no
/// end marker. False for every other kind of file, for one that cannot be read, and where it cannot be told.
///
/// Reads a few bytes here and there (of a JPEG, up to its end marker), decodes nothing.
/// Sources: ISO/IEC 14496-12 §4.2, RFC 8794 §4 and §6, RIFF (Multimedia Programming Interface 1.0), PNG 1.2 §3.2,
/// ITU-T T.81 annex B.
bool ends_early(const std::filesystem::path& file);

}  // namespace tokprep
