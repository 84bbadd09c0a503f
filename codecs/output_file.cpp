#include "codecs/output_file.h"

#include "base/file_descriptor.h"

namespace tokprep {

Status write_output(const std::string& path, std::string_view bytes) {
  TOKPREP_ASSIGN(const FileDescriptor file, open_for_writing(path));
  return write_at(file, 0, bytes, path);
}

}  // namespace tokprep
