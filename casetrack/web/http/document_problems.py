"""The codes about documents that the applicant brings, or has not brought yet."""

from collections.abc import Mapping

from casetrack.web.http.listed_problem import Listed

DOCUMENTS: Mapping[str, Listed] = {
    "documents_missing": Listed(
        (409,),
        "a required document was not received, so the file is not complete",
        "Bring what `missing` names, or return the file; a supervisor may declare it complete with a "
        "`reason`.",
    ),
    "too_many_documents": Listed(
        (409,), "the case has as many documents as it may", "Put several pages into one document."
    ),
    "file_empty": Listed((422,), "the file has no bytes", "Choose it again and send it again."),
    "file_too_large": Listed(
        (413,),
        "the file is larger than it may be",
        "`megabytes` says how much; scan it anew with fewer dots per inch, or send it in parts.",
    ),
    "file_kind_not_taken": Listed(
        (422,),
        "the file is no PDF, JPEG, PNG or WebP by its first bytes",
        "Save or scan it as one of these; its name and declared type are not asked.",
    ),
    "file_damaged": Listed(
        (422,), "the file cannot be opened to its end", "Scan or export it anew, and send it again."
    ),
    "file_locked": Listed(
        (422,), "the PDF opens with a password only", "Take the password off and send it again."
    ),
    "file_active": Listed(
        (422,),
        "the PDF does something by itself: a script, a start of a program, a form that is sent",
        "Print it as a PDF without forms and scripts; `where` says where it stands.",
    ),
    "file_with_attachment": Listed(
        (422,), "another file is attached inside the PDF", "Take it out; send it by itself."
    ),
    "file_too_many_pages": Listed(
        (422,), "the PDF has more than 100 pages", "Send it in parts; `where` says how many it has."
    ),
    "file_too_many_pixels": Listed(
        (422,),
        "the picture has more than 50 million points",
        "Make it smaller; `where` says how many it has.",
    ),
    "file_too_much_work": Listed(
        (422,),
        "the file takes more time or memory to open than any scan does",
        "Scan or export it anew.",
    ),
    "file_infected": Listed(
        (422,),
        "the scanner for viruses found something, so the file was not kept",
        "Have the machine that it comes from looked at; `found` says what it was.",
    ),
    "files_not_taken": Listed(
        (501,),
        "the installation takes no files",
        "Record the document by name and hash; the operator installs the extra `files`.",
    ),
    "length_missing": Listed(
        (411,),
        "a form with a file came without its length",
        "Send it with `Content-Length`, not in chunks.",
    ),
    "malformed_form": Listed(
        (422,),
        "the body is not a form that can be read to its end",
        "Send multipart/form-data with the parts that the operation names and `file`, each once.",
    ),
    "unknown_file": Listed(
        (404,),
        "the case has no such document, it has no file, or it is not for the caller",
        "The case lists its documents; `file` is there where one may be read.",
    ),
    "not_scanned_yet": Listed(
        (409,),
        "no scanner for viruses has answered for the file yet",
        "Try again in some minutes; the operator sees in the metrics whether the scanner is away.",
    ),
    "files_busy": Listed(
        (503,), "too many files are being opened at once", "Try again after `Retry-After`."
    ),
    "store_unavailable": Listed(
        (503,), "the store of files does not answer", "Try again after `Retry-After`."
    ),
    "file_not_as_kept": Listed(
        (500,),
        "what lies in the store is not what was put there, so it is not shown",
        "Tell the operator, who runs `casetrack verify` and restores the file.",
    ),
}
