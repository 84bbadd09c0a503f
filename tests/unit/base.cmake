tokprep_test(base_test unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/base/boxed_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/clock_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/digest_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/error_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/file_descriptor_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/folder_bounds_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/full_disk_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/handed_files_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/json_parts_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/json_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/line_channel_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/pending_file_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/rational_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/text_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/base/units_test.cpp
  LIBS tokprep_base)
