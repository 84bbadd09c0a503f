# Whole items through the real worker programs.
tokprep_test(prepare_test media
  SOURCES prepare_copy_test.cpp prepare_encode_test.cpp prepare_extremes_test.cpp prepare_item_test.cpp
    prepare_quality_test.cpp
    prepare_sound_test.cpp prepare_time_test.cpp thumbnail_test.cpp
  LIBS tokprep_pipeline tokprep_test_clips)
target_compile_definitions(prepare_test PRIVATE TOKPREP_WORKERS="${CMAKE_BINARY_DIR}" TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
add_dependencies(prepare_test tokprep-av-worker tokprep-image-worker)
