#pragma once

#include <filesystem>
#include <vector>

#include "base/run_context.h"
#include "pipeline/folder.h"
#include "pipeline/noted_item.h"
#include "pipeline/originals.h"

namespace tokprep {

/// True where what a certificate tells of was made of this item.
///
/// That is so where they share a source by its place, edited or not; of a folder's images also where folder and name
/// are the same, whatever lies in it by now. Else (folders are moved and renamed) where all of its sources are among
/// the item's, by size and digest, unless one is a source that the run has at its old place: that is another item then.
/// `originals` of the run; may be null.
bool is_made_of(const NotedItem& noted, const Item& item, const Originals* originals, const RunContext& run);

/// Whose the certificate at a place is.
enum class Owner {
  kNobody,    ///< nothing stands there, and no killed or other run has begun to give names there
  kThisItem,  ///< made of it; or begun for it
  kOther,     ///< of another item
  kStranger   ///< a file that is no certificate of ours
};

struct Standing {
  Owner owner = Owner::kNobody;
  std::filesystem::path source;  ///< of kOther: what it was made of
};

/// Looks at the certificate, else at the part that a killed run left of it.
Standing standing_at(const std::filesystem::path& certificate, const Item& item, const Originals* originals,
                     const RunContext& run);

}  // namespace tokprep
