# Folders and manifests to items.
tokprep_test(folder_unit_test unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/file_end_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/folder_names_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/manifest_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/own_results_test.cpp
  LIBS tokprep_pipeline)
target_compile_definitions(folder_unit_test PRIVATE TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
tokprep_test(manifest_unit_test unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/cli/manifest_items_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/cli/schema_test.cpp
  LIBS tokprep_cli tokprep_test_schema)
