#include "base/digest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/file_descriptor.h"
#include "base/input_files.h"
#include "base/owned.h"
#include "base/span.h"

namespace tokprep {
namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }

  void add(const void* data, std::size_t size_bytes) { EVP_DigestUpdate(context_.get(), data, size_bytes); }

  std::string finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned int length = 0;
    EVP_DigestFinal_ex(context_.get(), raw.data(), &length);
    std::string hex;
    for (unsigned int i = 0; i < length; ++i) hex += fmt::format("{:02x}", raw[i]);
    return hex;
  }

 private:
  Owned<EVP_MD_CTX, EVP_MD_CTX_free> context_;
};

}  // namespace

Result<std::string> sha256_of_file(const std::filesystem::path& path, const RunContext& run) {
  TOKPREP_ASSIGN(const FileDescriptor file, open_input(path, run));
  return sha256_of_file(file, path, run);
}

Result<std::string> sha256_of_file(const FileDescriptor& file, const std::filesystem::path& name,
                                   const RunContext& run) {
  const Span span(run, "digest", [&] { return Json{{"file", name.string()}}; });
  Sha256 digest;
  std::vector<char> buffer(std::size_t{1} << 18);
  off_t offset = 0;
  while (true) {
    TOKPREP_TRY(run.check_stop());
    const ssize_t got = ::pread(file.get(), buffer.data(), buffer.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(ErrorCode::kIo, fmt::format("cannot read {}: {}", name.string(), std::strerror(errno)), errno);
    if (got == 0) return digest.finish();
    digest.add(buffer.data(), static_cast<std::size_t>(got));
    offset += got;
  }
}

std::string sha256_of(std::string_view bytes) {
  Sha256 digest;
  digest.add(bytes.data(), bytes.size());
  return digest.finish();
}

}  // namespace tokprep
