#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tokprep {

/// What the caller can do about a failure. The names in JSON (`to_string`) are stable.
enum class ErrorCode {
  kInvalidArgument,   ///< usage or configuration: a flag, a sidecar, a setting
  kInputUnreadable,   ///< the input is missing, is not a file, or may not be read
  kUnsupportedInput,  ///< readable, but not media, or media nobody here can use
  kCorruptInput,      ///< media, but damaged beyond use
  kNotCompliant,      ///< breaks a rule of the platform, and no permitted change helps
  kWorkerFailed,      ///< the worker that opened the file crashed, or was ended for stalling or for passing a limit
  kWorkerEnded,       ///< a worker was ended from outside, or never began: no file's fault
  kOutputUnwritable,  ///< the target may not be written: permissions, read-only, a folder in the way
  kIo,                ///< the disk failed while reading or writing
  kNoSpace,           ///< the disk is full
  kNetwork,           ///< no answer: name, connection, TLS
  kTimeout,           ///< too slow an answer
  kRateLimited,       ///< the service asks us to wait
  kUnavailable,       ///< the service is down or overloaded (5xx)
  kAuth,              ///< credentials are missing or refused
  kRejected,          ///< the service understood and said no
  kOutcomeUnknown,    ///< a post may or may not have happened; never repeat it blindly
  kCancelled,         ///< a stop was asked for
  kInternal,          ///< a bug of ours
};

/// A measured or permitted value: nothing, a count, a number, or a word such as "pcm_s16le".
using Scalar = std::variant<std::monostate, std::int64_t, double, std::string>;

/// One failure, as data: it travels from worker to library to JSON unchanged.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;               ///< for people: what failed, on what, why
  int native = 0;                    ///< AVERROR, CURLcode, HTTP status or errno; 0 if none
  std::vector<std::string> context;  ///< added on the way up, innermost first

  // Filled where a rule or a limit was broken.
  std::string file;  ///< the file it is about; empty if none
  std::string rule;  ///< id of the rule, e.g. "video.duration_min"
  Scalar measured;
  Scalar limit;
  std::string unit;
  std::string fix;  ///< what the user can do, e.g. "--too-short hold"

  // Filled where a worker was lost.
  int signal = 0;           ///< that ended it; 0 if none did
  std::string stage;        ///< what it was at, e.g. "transcode"; empty where it had not begun
  double stage_done = 0.0;  ///< how far that was, 0 to 1
};

/// The stable name, e.g. "not_compliant".
std::string_view to_string(ErrorCode code);

/// The inverse of `to_string`; `kInternal` for a name nobody knows.
ErrorCode error_code_from(std::string_view name);

/// True when the same call may work later without any change.
bool is_transient(ErrorCode code);

/// The process exit code that stands for this failure (0 is never returned).
int exit_code(ErrorCode code);

/// "8.25", "42", "pcm_s16le" or "unknown".
std::string to_text(const Scalar& value);

/// The message for people, with its context, outermost first.
std::string describe(const Error& error);

/// `with_context(error, "upload beach.mp4")` adds one line on the way up.
Error with_context(Error error, std::string what);

/// JSON form of the contract: code, message, transient, and of the rest only what is filled.
void to_json(nlohmann::json& json, const Error& error);
void from_json(const nlohmann::json& json, Error& error);

/// JSON form of a scalar: null, a number or a string.
nlohmann::json scalar_to_json(const Scalar& value);
Scalar scalar_from_json(const nlohmann::json& json);

}  // namespace tokprep
