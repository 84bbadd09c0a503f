tokprep_test(mp4_index_test unit SOURCES mp4_edits_test.cpp mp4_index_test.cpp mp4_metadata_test.cpp LIBS tokprep_mp4)
