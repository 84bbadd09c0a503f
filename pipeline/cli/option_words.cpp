#include "pipeline/cli/option_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "pipeline/cli/terminal_text.h"

namespace tokprep::cli {
namespace {

tl::unexpected<Error> usage(std::string message) { return fail(ErrorCode::kInvalidArgument, std::move(message)); }

const OptionSpec* find_long(std::string_view name) {
  const auto& table = option_table();
  const auto found = std::ranges::find(table, name, &OptionSpec::name);
  return found != table.end() ? &*found : nullptr;
}

const OptionSpec* find_letter(char letter) {
  const auto& table = option_table();
  const auto found = std::ranges::find(table, letter, &OptionSpec::letter);
  return letter != 0 && found != table.end() ? &*found : nullptr;
}

bool is_help(std::string_view word) { return word == "--help" || word == "-h"; }

/// True for a word that can only be meant as an option.
bool is_known_option(std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  if (name.starts_with("--")) return is_help(name) || name == "--version" || find_long(name) != nullptr;
  return word.size() == 2 && word[0] == '-' && (is_help(word) || find_letter(word[1]) != nullptr);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  const auto near = nearest(word, candidates);
  return near ? fmt::format("; did you mean '{}'?", *near) : "";
}

class Reader {
 public:
  explicit Reader(std::span<const std::string> arguments) : arguments_(arguments) {}

  Result<Words> read() {
    while (next_ < arguments_.size()) {
      const std::string& word = arguments_[next_++];
      if (only_operands_ || word.size() < 2 || word[0] != '-') TOKPREP_TRY(operand(word));
      else if (word == "--") only_operands_ = true;
      else if (word[1] == '-') TOKPREP_TRY(long_option(word));
      else TOKPREP_TRY(letters(word));
    }
    TOKPREP_TRY(check_verb());
    return std::move(words_);
  }

 private:
  Status operand(const std::string& word) {
    if (words_.verb) {
      words_.operands.push_back(word);
      return {};
    }
    if (word == "help") {
      words_.help = true;
      return {};
    }
    words_.verb = enum_from<Verb>(word);
    if (words_.verb) return {};
    const auto verbs = names_of<Verb>();
    return usage(
        fmt::format("'{}' is no command of tokprep{}", shown(word), did_you_mean(word, {verbs.begin(), verbs.end()})));
  }

  Status long_option(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto value = equals == std::string::npos ? std::nullopt : std::optional(word.substr(equals + 1));
    if (is_help(name) || name == "--version") {
      (is_help(name) ? words_.help : words_.version) = true;
      return {};
    }
    if (const OptionSpec* option = find_long(name)) return take(*option, value);
    unknown_.push_back(name);
    return {};
  }

  /// "-qn", "-o DIR", "-oDIR".
  Status letters(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      if (word[i] == 'h') {
        words_.help = true;
        continue;
      }
      const OptionSpec* option = find_letter(word[i]);
      if (option == nullptr) {
        unknown_.push_back(fmt::format("-{}", word[i]));
        return {};
      }
      if (option->is_switch()) {
        TOKPREP_TRY(take(*option, std::nullopt));
        continue;
      }
      const std::string rest = word.substr(i + 1);
      return take(*option, rest.empty() ? std::nullopt : std::optional(rest));
    }
    return {};
  }

  Status take(const OptionSpec& option, std::optional<std::string> value) {
    if (!value && option.is_switch()) value = "true";
    if (!value) {
      if (next_ == arguments_.size() || arguments_[next_] == "--") {
        return usage(fmt::format("{} needs a value: {} {}", option.name, option.name, option.value));
      }
      const std::string& word = arguments_[next_++];
      if (is_known_option(word)) {
        return usage(fmt::format("{} needs a value, and {} is an option; write {}={} if that is the value", option.name,
                                 shown(word), option.name, shown(word)));
      }
      value = word;
    }
    words_.options.push_back({&option, std::move(*value)});
    return {};
  }

  /// Options are told apart before the verb is known (it may come last); here it is known whether they fit.
  Status check_verb() {
    if (words_.help) return {};
    const std::string_view verb = words_.verb ? name_of(*words_.verb) : "";
    if (!unknown_.empty()) {
      std::vector<std::string_view> names;
      for (const OptionSpec& option : option_table()) {
        if (!words_.verb || option.is_for(*words_.verb)) names.emplace_back(option.name);
      }
      return usage(fmt::format("{} is no option of tokprep{}{}{}", shown(unknown_.front()), verb.empty() ? "" : " ",
                               verb, did_you_mean(unknown_.front(), names)));
    }
    if (!words_.verb) return {};
    for (const Words::Given& given : words_.options) {
      if (given.option->is_for(*words_.verb)) continue;
      return usage(fmt::format("{} is no option of tokprep {}; it belongs to {}", given.option->name, verb,
                               fmt::join(verbs_of(*given.option), ", ")));
    }
    return {};
  }

  static std::vector<std::string_view> verbs_of(const OptionSpec& option) {
    std::vector<std::string_view> names;
    for (const Verb verb : option.verbs) names.push_back(name_of(verb));
    return names;
  }

  std::span<const std::string> arguments_;
  std::size_t next_ = 0;
  bool only_operands_ = false;
  std::vector<std::string> unknown_;
  Words words_;
};

}  // namespace

Result<Words> read_words(std::span<const std::string> arguments) { return Reader(arguments).read(); }

}  // namespace tokprep::cli
