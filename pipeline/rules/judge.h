#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/rules/rules.h"

namespace tokprep {

/// A count where the number is whole, so that 3 is printed and sent as 3, not as 3.0.
Scalar scalar_of(double value);

/// "h264 or hevc".
std::string joined_words(const std::vector<std::string>& words);

/// What becomes of a broken rule: what conversion does about it, or the flag that would, or why nothing can.
struct Cure {
  bool fixable = true;
  std::string text;
};

/// Compares measured facts with rules and collects what is broken. A fact that is unknown never passes.
///
/// `subject` is a noun phrase, e.g. "the video codec"; the messages are built around it.
class Judge {
 public:
  explicit Judge(const Rules& rules) : rules_(rules) {}

  void at_least(std::string_view id, std::optional<double> measured, std::string_view subject, const Cure& cure);
  void at_most(std::string_view id, std::optional<double> measured, std::string_view subject, const Cure& cure);
  /// `measured` empty: unknown.
  void one_of(std::string_view id, const std::string& measured, std::string_view subject, const Cure& cure);
  /// Whether the rule's words hold this one.
  [[nodiscard]] bool permits(std::string_view id, const std::string& measured) const;
  /// For a rule that needs more than a comparison, or its own sentence; `limit` as the rule has it.
  void broken(std::string_view id, Scalar measured, std::string message, const Cure& cure);

  [[nodiscard]] const Rules& rules() const { return rules_; }

  /// The findings in the order of the table.
  [[nodiscard]] std::vector<Finding> take();

 private:
  const Rules& rules_;
  std::vector<Finding> findings_;
};

}  // namespace tokprep
