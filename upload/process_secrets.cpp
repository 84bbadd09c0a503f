#include "upload/process_secrets.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace tokprep {

Status keep_out_of_core_dumps() {
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return fail(ErrorCode::kInternal, std::string("cannot keep the key out of core dumps: ") + std::strerror(errno),
                errno);
  }
  return {};
}

}  // namespace tokprep
