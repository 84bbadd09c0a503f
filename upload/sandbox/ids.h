#pragma once

#include <cstddef>
#include <string>

namespace tokprep::sandbox {

/// Identifiers in the shapes the service gives them. Unpredictable: some of them are the right to upload.

std::string random_alphanumerics(std::size_t length);
std::string random_hex(std::size_t length);
std::string random_digits(std::size_t length);  ///< never begins with 0
std::string random_uuid();

/// Four groups of seven upper-case letters and digits.
std::string random_api_key();

}  // namespace tokprep::sandbox
