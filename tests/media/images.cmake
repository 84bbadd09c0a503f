tokprep_test(image_test media
  SOURCES image_support.cpp image_probe_test.cpp image_convert_test.cpp image_colour_test.cpp image_hdr_test.cpp
          image_size_test.cpp image_copy_test.cpp image_bmp_test.cpp image_bytes_test.cpp image_inputs_test.cpp
  LIBS tokprep_codecs_vips tokprep_test_clips PkgConfig::VIPS)
target_compile_definitions(image_test PRIVATE TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")

# The same, met by the worker program.
tokprep_test(image_damage_test media
  SOURCES image_support.cpp image_damage_test.cpp
  LIBS tokprep_pipeline tokprep_codecs_vips PkgConfig::VIPS)
target_compile_definitions(image_damage_test PRIVATE TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
  TOKPREP_WORKER_FOLDER="${CMAKE_BINARY_DIR}")
add_dependencies(image_damage_test tokprep-image-worker)
