# What the workers are locked in, tried from inside.
tokprep_test(cage_test media SOURCES cage_test.cpp LIBS tokprep_pipeline)
target_compile_definitions(cage_test PRIVATE TOKPREP_WORKERS="${CMAKE_BINARY_DIR}" TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
add_dependencies(cage_test tokprep-av-worker tokprep-image-worker)

# Files that name others, without a cage.
tokprep_test(other_files_test media SOURCES other_files_test.cpp LIBS tokprep_pipeline)
target_compile_definitions(other_files_test PRIVATE TOKPREP_WORKERS="${CMAKE_BINARY_DIR}" TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
add_dependencies(other_files_test tokprep-av-worker tokprep-image-worker)
