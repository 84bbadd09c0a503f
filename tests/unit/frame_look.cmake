tokprep_test(frame_look_test unit SOURCES ${CMAKE_CURRENT_LIST_DIR}/frame_look_test.cpp LIBS tokprep_codecs_av)
