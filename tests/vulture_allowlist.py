"""What vulture takes for dead code and is not, each with who uses it. Read by `make dead-code`, never imported.

A name that is here for good reason today may be dead tomorrow: look here first when something is taken out.
"""

_ = object()

# Parameters of signatures that are not ours.
_.dialect  # SQLAlchemy's TypeDecorator
_.settings_cls, _.dotenv_settings, _.file_secret_settings  # pydantic's settings_customise_sources
_.sizehint  # asyncio's BufferedProtocol.get_buffer
_.disambiguation  # QTranslator.translate
_.max_col, _.values_only  # openpyxl's iter_rows

# Called by a library.
_.handleError  # logging.Handler
_.do_GET, _.log_message  # http.server
_.capture_signals, _.should_exit  # uvicorn.Server
_.__call__  # a Translator is called like a function
_._create_search_index  # SQLAlchemy, after it made the tables
_.search_due  # a table that SQL names: db.search_index

# Tried in the order in which they stand.
_.GET_PARAMETER, _.SET_PARAMETER  # KeepAlive

# Fields that are written to JSON whole: reports of the bench and of the demo.
_.displayed_of_received
_.made_by, _.unit_sha256  # the record beside a copy of a clip
_.exported_at  # the manifest of an exported workstation
_.key_pictures, _.duration_ticks, _.latitude, _.longitude, _.measured_at, _.picture_times  # the record of evidence
_.original_name, _.marked_by, _.packet_sha256, _.parameter_sets_from, _.extract_rows, _.tmcwall, _.python  # the same
_.since_workstation, _.since_recorder, _.since_camera, _.existed_before  # what a check of evidence claims
_.migration_due, _.camera_urls  # of a store, as the doctor's probe prints it
_.incident_s, _.on_server, _.live_s

# Fields that are stored, synchronised and shown whole, by their names.
_.asked_until, _.opened_by, _.dispatched_at
_.camera_states  # custody's facts of a clip
_.signed_with  # custody's facts of an export of evidence
_.json_sha256  # custody's facts of an availability certificate
_.html_sha256  # custody's facts of a shift handover
_.asked_by  # of a request to an owner
_.dark_cameras  # of a blind spot, for the report on coverage
_.working_s, _.not_working_s, _.not_observed_s  # the record of an availability certificate
_.page_height, _.page_width, _.left_margin, _.right_margin, _.space_after, _.space_before, _.alignment  # python-docx
_.created_at, _.created_by, _.first_seen_at, _.accepted_from, _.accepted_at, _.added_at  # columns of the server
_.changed_by, _.sent_by, _.erased_at, _.erased_by  # columns of the server: who has sent and erased a person's data

# Fields and words of a protocol: what the other side sends or reads.
_.ALERT, _.UPDATE, _.schema_, _.refs, _.attachments  # tmcwall.incident/1
_.ENVIRONMENT, _.CBRNE, _.LIKELY, _.POSSIBLE  # CAP 1.2
_.EXCEEDS  # how a setting compares
_.ssrcs  # RTCP BYE
_.sign_out_everywhere, _.issued_at  # tmcwall.sync: asked by FastAPI; when a word on rights was given
_.kept_value, _.kept_actor, _.other_value, _.other_actor, _.other_made_at, _.uploaded  # tmcwall.sync

# The synthetic city's own instruments: only tests and benchmarks count and read what its cameras did.
_.lost_packets, _.most_opening, _.connections, _.sessions, _.find_stamp

# Waiting for their screen: the rule is written and tested, what shows it is not built yet.
_.set_at, _.set_by  # ground points of a camera's picture: who has set them
_.rt_rw  # RT and RW of a place in words, for messages that come in
_.camera_utc_ns, _.server_utc_ns  # the times of a recorded picture, for the evidence package
_.network_changed  # for a workstation that is told by its system that the network is back
