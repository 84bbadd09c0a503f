tokprep_test(cover_search_test media SOURCES cover_search_test.cpp LIBS tokprep_pipeline tokprep_test_clips)
target_compile_definitions(cover_search_test PRIVATE TOKPREP_WORKERS="${CMAKE_BINARY_DIR}")
add_dependencies(cover_search_test tokprep-av-worker tokprep-image-worker)
