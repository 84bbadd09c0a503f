#include "upload/secret.h"

#include <openssl/crypto.h>

#include <ostream>

#include "base/digest.h"

namespace tokprep {

Secret::~Secret() { wipe(value_); }

std::string Secret::fingerprint() const { return sha256_of(value_).substr(0, 12); }

std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "***"; }

void wipe(std::string& text) {
  text.resize(text.capacity());
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace tokprep
