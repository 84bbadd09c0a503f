tokprep_test(image_test media
  SOURCES image_support.cpp image_probe_test.cpp image_convert_test.cpp image_colour_test.cpp image_hdr_test.cpp
          image_size_test.cpp image_copy_test.cpp image_bmp_test.cpp image_bytes_test.cpp image_inputs_test.cpp image_canvas_test.cpp
          image_copyright_test.cpp image_limits_test.cpp
  LIBS tokprep_codecs_vips tokprep_test_clips tokprep_test_process PkgConfig::VIPS)
target_compile_definitions(image_test PRIVATE TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")

# The same, met by the worker program.
tokprep_test(image_damage_test media
  SOURCES image_support.cpp image_damage_test.cpp
  LIBS tokprep_pipeline tokprep_codecs_vips PkgConfig::VIPS)
target_compile_definitions(image_damage_test PRIVATE TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
  TOKPREP_WORKER_FOLDER="${CMAKE_BINARY_DIR}")
add_dependencies(image_damage_test tokprep-image-worker)

# PNGs whose rows are read here, beside libvips' own reading of them.
find_package(ZLIB REQUIRED)
tokprep_test(png_test media
  SOURCES image_support.cpp made_png.cpp png_reading.cpp png_stream_test.cpp png_damage_test.cpp
  LIBS tokprep_codecs_vips PkgConfig::VIPS ZLIB::ZLIB)
target_compile_definitions(png_test PRIVATE TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
