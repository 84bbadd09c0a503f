#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/enum_names.h"

namespace tokprep {

/// What a worker is locked in, as plain data. It is put on by the worker itself, when its libraries are loaded and
/// before it reads its first job (codecs/worker/enter_cage.h).
enum class CageMode {
  kRequire,  ///< all of it, or the worker does not work at all
  kPrefer,   ///< as much as the running kernel has
  kOff,      ///< none; memory and output stay limited
};

template <>
struct EnumNames<CageMode> {
  static constexpr std::array kTable{std::pair{CageMode::kRequire, std::string_view("require")},
                                     std::pair{CageMode::kPrefer, std::string_view("prefer")},
                                     std::pair{CageMode::kOff, std::string_view("off")}};
};

/// One wall of the cage.
struct CageWall {
  std::string name;  ///< "files", "calls", "privileges", "limits"
  bool stands = false;
  std::string detail;  ///< what it is made of here, or why it is missing
};

/// What a worker says of its cage, once, before anything else.
struct CageReport {
  CageMode mode = CageMode::kPrefer;
  std::vector<CageWall> walls;  ///< empty where the mode is kOff

  /// Every wall stands; false where there are none.
  [[nodiscard]] bool is_whole() const;
  /// "files: this kernel has no Landlock; calls: …", of the walls that do not stand.
  [[nodiscard]] std::string missing() const;
};

/// A job for a worker: try to break out. The paths and the process are real, so that only the cage is in the way.
struct EscapeJob {
  std::string sibling;      ///< another file, which was not handed over
  std::string secret;       ///< a file as the key's
  std::string folder;       ///< outside of the scratch folder
  std::int64_t parent = 0;  ///< the supervisor's process id
};

/// One attempt of it.
struct EscapeAttempt {
  std::string wall;     ///< "network", "programs", "processes", "names", "files", "memory", "time"
  std::string what;     ///< "open /etc/passwd"
  bool held = false;    ///< the cage held
  std::string outcome;  ///< how it was refused, or what came of it
};

struct EscapeResult {
  std::vector<EscapeAttempt> attempts;
};

void to_json(nlohmann::json& json, const CageWall& value);
void from_json(const nlohmann::json& json, CageWall& value);
void to_json(nlohmann::json& json, const CageReport& value);
void from_json(const nlohmann::json& json, CageReport& value);
void to_json(nlohmann::json& json, const EscapeJob& value);
void from_json(const nlohmann::json& json, EscapeJob& value);
void to_json(nlohmann::json& json, const EscapeAttempt& value);
void from_json(const nlohmann::json& json, EscapeAttempt& value);
void to_json(nlohmann::json& json, const EscapeResult& value);
void from_json(const nlohmann::json& json, EscapeResult& value);

}  // namespace tokprep
