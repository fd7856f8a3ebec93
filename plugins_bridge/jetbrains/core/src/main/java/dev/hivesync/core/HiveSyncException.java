package dev.hivesync.core;

/** Base of every failure that a command shows. The message is for people, the code for programs. */
public class HiveSyncException extends Exception {

  public static final String UNREACHABLE = "UPSTREAM_UNREACHABLE";
  public static final String SIGNED_OUT = "AUTH_REQUIRED";
  public static final String INVALID = "VALIDATION_ERROR";
  public static final String INTERNAL = "INTERNAL_ERROR";
  public static final String TOO_LONG = "PAYLOAD_TOO_LARGE";

  private static final long serialVersionUID = 1L;

  private final String code;
  private final int status;

  public HiveSyncException(String code, String detail) {
    this(code, detail, 0);
  }

  public HiveSyncException(String code, String detail, int status) {
    super(detail);
    this.code = code;
    this.status = status;
  }

  public String code() {
    return code;
  }

  /** The answer's status; 0 if there was no answer. */
  public int status() {
    return status;
  }

  public boolean isSignedOut() {
    return code.equals(SIGNED_OUT);
  }
}
