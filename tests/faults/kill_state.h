#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace tokprep::faults {

/// What a batch has come to: files, posts, records. Two runs of one batch end in the same, whatever happened to them.
struct KillState {
  std::map<std::string, std::string> files;  ///< SHA-256 of everything below `out` but the certificates, hidden or not
  std::map<std::string, Json> certificates;  ///< by file name below `out`
  std::map<std::string, std::string> facts;  ///< of the videos that were encoded, whose bytes may differ
  /// By caption; of each post the files below `out` whose bytes it has, in order. Other bytes are "?".
  std::map<std::string, std::vector<std::vector<std::string>>> posts;
  std::map<std::string, std::vector<Json>> ledger;  ///< rows, by the item's name in the drop
};

/// `accepted` are the service's posts, `rows` the lines of `tokprep ledger`. Error: kIo.
Result<KillState> look_at(const std::filesystem::path& out, const Json& accepted, const std::vector<Json>& rows);

/// How a file differs from that of an undisturbed run, in words; empty where it does not. An encoded video may have
/// other bytes, as encoders share the work by the number of cores that are free, but is to be the same otherwise.
std::string difference_of(const std::string& file, const KillState& state, const KillState& undisturbed,
                          const std::filesystem::path& out);

/// What does not fit in a certificate: files it names that are not there or are others, another plan or other
/// findings than in an undisturbed run.
std::vector<std::string> misfits_of(const std::string& certificate, const KillState& state,
                                    const KillState& undisturbed);

}  // namespace tokprep::faults
