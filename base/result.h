#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "base/error.h"

namespace tokprep {

/// What every call that can fail returns: the value, or one `Error`.
template <class T>
using Result = tl::expected<T, Error>;

/// A call that can fail and has nothing to give back.
using Status = Result<void>;

/// `return fail(ErrorCode::kIo, "cannot read beach.mov", errno);`
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message, int native = 0) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.native = native;
  return tl::unexpected<Error>(std::move(error));
}

/// Hands on an error that is already there.
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace tokprep

#define TOKPREP_CONCAT_INNER(a, b) a##b
#define TOKPREP_CONCAT(a, b) TOKPREP_CONCAT_INNER(a, b)

/// Returns the error of a `Status` or `Result` to the caller, or goes on.
#define TOKPREP_TRY(...) TOKPREP_TRY_INNER(TOKPREP_CONCAT(tokprep_try_, __COUNTER__), __VA_ARGS__)
#define TOKPREP_TRY_INNER(name, ...)                                                                          \
  do {                                                                                                        \
    if (auto name = (__VA_ARGS__); !name) return ::tl::unexpected<::tokprep::Error>(std::move(name).error()); \
  } while (false)

/// `TOKPREP_ASSIGN(auto demuxer, Demuxer::open(path));` returns the error, or binds the value.
#define TOKPREP_ASSIGN(target, ...) \
  TOKPREP_ASSIGN_INNER(TOKPREP_CONCAT(tokprep_result_, __COUNTER__), target, __VA_ARGS__)
#define TOKPREP_ASSIGN_INNER(name, target, ...)                                  \
  auto name = (__VA_ARGS__);                                                     \
  if (!name) return ::tl::unexpected<::tokprep::Error>(std::move(name).error()); \
  target = std::move(*name)
