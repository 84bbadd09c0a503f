#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "base/run_context.h"
#include "pipeline/certificate.h"
#include "pipeline/folder.h"
#include "pipeline/noted_item.h"
#include "pipeline/originals.h"

namespace tokprep {

/// What may be replaced where the outputs of one item go.
///
/// Only what was made of the item before: a file that a certificate of the same item (`is_made_of`) names as its
/// output, or that a run which was killed had given its name before there was a certificate. That is told by the
/// certificate's part, which is whole on the disk before any output gets its name and stays behind when the run is
/// killed. Anything else is somebody's own, and the results of another item are so too. Safe from several threads.
class OutputPlace {
 public:
  /// All must outlive it. `originals` of the run; null: the item's own alone. `overwrite`: what is nobody's original
  /// may be replaced, whoever made it.
  OutputPlace(const Item& item, const std::filesystem::path& output_dir, const Originals* originals, bool overwrite,
              const RunContext& run);

  [[nodiscard]] const std::filesystem::path& certificate() const { return certificate_; }

  /// Whether an output may get this name. Error: kInvalidArgument where it would take the place of a source or cover of
  /// the run, or, without `overwrite`, of a file that is not known to be tokprep's.
  [[nodiscard]] Status check(const std::filesystem::path& target) const;

  /// The same of the certificate itself.
  [[nodiscard]] Status check_certificate() const;

  /// Removes what the standing certificate names and `outputs` does not (`remove_outdated`), where it is the item's.
  void remove_outdated(const std::vector<OutputRecord>& outputs) const;

  /// Removes what a run gave its name before it was killed, as the part of its certificate tells. What the standing
  /// certificate knows stays. To be called before a new part takes that one's place. Errors: those of `with_left_over`.
  [[nodiscard]] Status undo_killed_run() const;

 private:
  void undo(const std::filesystem::path& part) const;
  [[nodiscard]] bool is_original(const std::filesystem::path& target) const;
  [[nodiscard]] bool is_ours(const std::filesystem::path& target) const;
  [[nodiscard]] std::vector<NotedOutput> own_outputs(const std::filesystem::path& record) const;
  [[nodiscard]] Error refusal(const std::filesystem::path& target, const std::string& what) const;

  const Item& item_;
  std::filesystem::path certificate_;
  const Originals* originals_;
  bool overwrite_;
  const RunContext& run_;
  mutable std::mutex mutex_;
  mutable std::unordered_set<std::string> known_;  // outputs as the certificate names them; by mutex_
};

}  // namespace tokprep
