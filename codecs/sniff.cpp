#include "codecs/sniff.h"

namespace tokprep {
Sniffed sniff(std::string_view) { return Sniffed::kUnknown; }
}  // namespace tokprep
