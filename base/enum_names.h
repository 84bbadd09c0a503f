#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace tokprep {

/// Specialise with `static constexpr std::array kTable{std::pair{Fit::kPad, std::string_view("pad")}, …}`
/// and the enumeration has one spelling for JSON, flags and messages.
template <class E>
struct EnumNames;

template <class E>
concept NamedEnum = requires {
  EnumNames<E>::kTable;
};

template <NamedEnum E>
constexpr std::string_view name_of(E value) {
  for (const auto& [known, name] : EnumNames<E>::kTable) {
    if (known == value) return name;
  }
  return "unknown";
}

template <NamedEnum E>
constexpr std::optional<E> enum_from(std::string_view text) {
  for (const auto& [value, name] : EnumNames<E>::kTable) {
    if (name == text) return value;
  }
  return std::nullopt;
}

/// All spellings, in the order of the table: for `--help` and for error messages.
template <NamedEnum E>
constexpr auto names_of() {
  std::array<std::string_view, EnumNames<E>::kTable.size()> names;
  std::ranges::transform(EnumNames<E>::kTable, names.begin(), [](const auto& row) { return row.second; });
  return names;
}

}  // namespace tokprep
