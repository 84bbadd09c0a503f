#include "codecs/cage.h"

#include <algorithm>

#include "base/json.h"

namespace tokprep {

TOKPREP_JSON(CageWall, name, stands, detail)
TOKPREP_JSON(CageReport, mode, walls)
TOKPREP_JSON(EscapeJob, sibling, secret, folder, parent)
TOKPREP_JSON(EscapeAttempt, wall, what, held, outcome)
TOKPREP_JSON(EscapeResult, attempts)

bool CageReport::is_whole() const { return !walls.empty() && std::ranges::all_of(walls, &CageWall::stands); }

std::string CageReport::missing() const {
  std::string text;
  for (const CageWall& wall : walls) {
    if (!wall.stands) text += (text.empty() ? "" : "; ") + wall.name + ": " + wall.detail;
  }
  return text;
}

}  // namespace tokprep
