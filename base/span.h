#pragma once

#include <string_view>

#include "base/json.h"
#include "base/run_context.h"

namespace tokprep {

/// A stage of the work, from here to the end of the scope, for whoever watches `run`; costs a comparison otherwise.
/// `const Span span(run, "digest", [&] { return Json{{"file", path.string()}}; });`
class Span {
 public:
  template <class Arguments>
  Span(const RunContext& run, std::string_view name, Arguments&& arguments) : observer_(run.observer) {
    if (observer_ != nullptr) observer_->begin_span(name, arguments());
  }
  Span(const RunContext& run, std::string_view name) : Span(run, name, [] { return Json::object(); }) {}
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;
  ~Span() {
    if (observer_ != nullptr) observer_->end_span();
  }

 private:
  Observer* observer_;
};

}  // namespace tokprep
