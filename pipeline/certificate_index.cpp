#include "pipeline/certificate_index.h"

#include <system_error>
#include <utility>

#include "base/digest.h"
#include "base/file_descriptor.h"
#include "base/pending_file.h"
#include "base/text.h"

namespace tokprep {
namespace {

namespace fs = std::filesystem;

fs::path absolute_of(const fs::path& path) {
  std::error_code failed;
  const fs::path absolute = fs::absolute(path, failed);
  return failed ? path : absolute.lexically_normal();
}

fs::path note_of(const fs::path& state, const std::string& item) {
  return state / "certificates" / sha256_of(absolute_of(bytes_of_name(item)).string()).substr(0, 32);
}

}  // namespace

Status remember_certificate(const fs::path& state, const std::string& item, const fs::path& certificate) {
  return write_file(note_of(state, item), absolute_of(certificate).string());
}

ItemEvidence find_evidence(const fs::path& state, const std::string& item, std::optional<std::string> caption) {
  ItemEvidence evidence;
  if (const auto path = read_text_file(note_of(state, item))) {
    if (auto read = read_evidence(*path)) evidence = std::move(*read);
  }
  evidence.caption = std::move(caption);
  return evidence;
}

}  // namespace tokprep
