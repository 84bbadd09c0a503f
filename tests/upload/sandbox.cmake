tokprep_test(sandbox_test upload
  SOURCES sandbox_history_test.cpp sandbox_post_test.cpp sandbox_server_test.cpp sandbox_upload_test.cpp
  LIBS tokprep_sandbox PkgConfig::HTTPLIB)
