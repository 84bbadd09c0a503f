#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vips/vips8>

#include "base/result.h"
#include "base/run_context.h"

namespace tokprep::still {

/// What libvips says went wrong, as one line. Its error buffer is the whole process's, so under load the text
/// may be another thread's: good enough to show, never to decide on. Empties the buffer.
inline std::string vips_complaint(std::string text) {
  vips_error_clear();
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (char& c : text) {
    if (c == '\n') c = ';';
  }
  return text.empty() ? "the decoder gave no reason" : text;
}

/// The exception boundary: every call into libvips that can fail goes through here.
///
/// `code` is what a failure of this call means; "`what` `file`: why" becomes its message. libvips computes lazily,
/// so a damaged picture is often met only where its pixels are asked for. After a stop the error is kCancelled.
template <class Body>
auto vips_call(const RunContext& run, ErrorCode code, std::string_view what, const std::string& file, Body&& body)
    -> Result<std::invoke_result_t<Body>> {
  std::string complaint;
  vips_error_clear();  // calls that succeed leave complaints behind too
  try {
    return std::forward<Body>(body)();
  } catch (const vips::VError& failure) {
    complaint = vips_complaint(failure.what());
  }
  TOKPREP_TRY(run.check_stop());
  Error error;
  error.code = code;
  error.message = std::string(what) + " " + file + ": " + complaint;
  error.file = file;
  return fail(std::move(error));
}

}  // namespace tokprep::still
