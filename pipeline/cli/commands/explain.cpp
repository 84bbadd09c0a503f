#include "pipeline/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "pipeline/certificate_index.h"
#include "pipeline/cli/commands/commands.h"
#include "pipeline/cli/commands/explain_text.h"
#include "pipeline/ledger.h"
#include "pipeline/ledger_view.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;

std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

Error nobody_knows(const std::string& subject, const Rules& rules) {
  std::vector<std::string_view> names;
  for (const ServiceReason& reason : service_reasons()) names.push_back(reason.name);
  for (const Rule& rule : rules.all()) names.emplace_back(rule.id);
  const auto near = nearest(subject, names);
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message = fmt::format("'{}' is no post in the ledger, no code, no reason and no rule{}", subject,
                              near ? fmt::format("; did you mean '{}'?", *near) : "");
  error.fix = "tokprep ledger lists the posts, tokprep rules the rules; a code is a number, such as 137";
  return error;
}

/// The facts of the item that --item names: by its certificate, or by what was noted when it was posted.
Result<ItemEvidence> evidence_of(const std::optional<fs::path>& item) {
  if (!item) return ItemEvidence();
  if (item->string().ends_with(".tokprep.json")) return read_evidence(*item);
  ItemEvidence evidence = find_evidence(state_folder(), item->string());
  if (!evidence.certificate.empty()) return evidence;
  Error error;
  error.code = ErrorCode::kInvalidArgument;
  error.message =
      fmt::format("nothing is noted of {}: it was not posted from here, or its outputs are gone", item->string());
  error.fix = "name its certificate: --item out/NAME.tokprep.json";
  return fail(std::move(error));
}

class Explainer {
 public:
  Explainer(Session& session, ItemEvidence evidence) : session_(session), evidence_(std::move(evidence)) {}

  /// Prints what is known of one subject. Errors: kInvalidArgument where nobody knows it; the ledger's.
  Status explain(const std::string& subject) {
    if (const auto number = number_of(subject)) return explain_number(*number);
    if (const auto reason = explain_reason(subject, session_.rules, evidence_)) return show(*reason);
    if (const auto rule = explain_rule(subject, session_.rules, evidence_)) return show(*rule);
    TOKPREP_ASSIGN(const auto stories, stories_of(subject));
    for (const LedgerStory& story : stories) {
      (void)show(
          explain_post(story, session_.rules, find_evidence(state_folder(), story.post.item, story.post.caption)));
    }
    if (!stories.empty()) return {};
    const auto named = explain_words(subject, session_.rules, evidence_);
    for (const Explanation& one : named) (void)show(one);
    if (!named.empty()) return {};
    return fail(nobody_knows(subject, session_.rules));
  }

 private:
  /// A few numbers are both a status of HTTP and a code of the service's.
  Status explain_number(int number) {
    const auto status = explain_http_status(number);
    if (status) (void)show(*status);
    const Explanation code = explain_code(number, session_.rules, evidence_);
    return code.known || !status ? show(code) : Status();
  }

  template <class T>
  Status show(const T& explanation) {
    Json line = explanation;
    line["type"] = "explanation";
    session_.out.data(line, explanation_text(explanation));
    return {};
  }

  /// A ledger that was never made knows no post.
  static Result<std::vector<LedgerStory>> stories_of(const std::string& subject) {
    const fs::path file = state_folder() / "ledger.sqlite";
    std::error_code error;
    if (!fs::exists(file, error)) return std::vector<LedgerStory>();
    TOKPREP_ASSIGN(LedgerView view, LedgerView::open(file));
    TOKPREP_ASSIGN(auto stories, view.stories(text_of_name(subject)));
    if (!stories.empty()) return stories;
    const fs::path absolute = fs::absolute(subject, error).lexically_normal();
    return view.stories(text_of_name(absolute.string()));
  }

  Session& session_;
  ItemEvidence evidence_;
};

}  // namespace

int run_explain(const ExplainCommand& command, Session& session) {
  auto evidence = evidence_of(command.item);
  if (!evidence) return session.give_up(evidence.error());
  Explainer explainer(session, std::move(*evidence));
  std::vector<ItemOutcome> outcomes;
  for (const std::string& subject : command.subjects) {
    outcomes.emplace_back();
    if (Status told = explainer.explain(subject); !told) {
      session.out.failure(told.error());
      outcomes.back() = {ItemState::kFailed, told.error().code};
    }
  }
  return session.end(exit_code_of(outcomes));
}

}  // namespace tokprep::cli
