tokprep_test(upload_unit_test unit
  SOURCES credentials_test.cpp post_options_test.cpp post_validate_test.cpp replies_test.cpp retry_test.cpp
          schedule_date_test.cpp url_test.cpp
  LIBS tokprep_upload)
tokprep_test(upload_client_test upload
  SOURCES curl_client_test.cpp media_api_test.cpp post_api_test.cpp
  LIBS tokprep_upload tokprep_test_support)
