/** The catalogue of every error the gateway raises on purpose: code, HTTP status, and what to do; docs/errors.md repeats it, by test. */

export const ERRORS = {
  CONFIG_INVALID: {
    status: 500,
    text: 'the configuration is wrong; every fault is listed, the gateway does not start'
  },
  PORT_TAKEN: { status: 500, text: 'a port is in use; stop its owner or change the named setting' },
  JOURNAL_UNAVAILABLE: {
    status: 503,
    text: 'signals cannot be stored (disk full or failing); devices are not acknowledged until it can'
  },
  STORE_FAILED: { status: 503, text: 'the store refused a write; nothing was changed' },
  LOGIN_REFUSED: { status: 401, text: 'work number or password is wrong' },
  LOGIN_LOCKED: { status: 429, text: 'too many wrong passwords; wait for the time given' },
  SEAT_TAKEN: { status: 409, text: 'somebody else works at this seat; take another, or a leader frees it' },
  SEAT_NEEDED: { status: 409, text: 'who works on the floor takes a seat; a free one is named' },
  NOT_LOGGED_IN: { status: 401, text: 'no session; log in' },
  NOT_ALLOWED: { status: 403, text: 'this role may not do that' },
  ORIGIN_REFUSED: { status: 403, text: 'the request came from a page of another origin' },
  NOT_FOUND: { status: 404, text: 'there is nothing with this id, or not for this role' },
  BODY_INVALID: { status: 400, text: 'the request body has wrong or missing fields; they are named' },
  ILLEGAL_TRANSITION: { status: 409, text: 'the incident is not in a state that allows this' },
  NOT_OWNER: { status: 409, text: 'another seat owns the incident' },
  FEEDBACK_NEEDED: {
    status: 409,
    text: 'an incident is resolved with its feedback, and filed when a leader has reviewed it'
  },
  DURESS_NEEDS_REPORT: { status: 409, text: 'a duress incident is resolved by an on-scene report or a second person' },
  UNIT_NOT_AVAILABLE: { status: 409, text: 'the unit is off duty or sent elsewhere' },
  OFFER_GONE: { status: 409, text: 'the offer has expired, was recalled or answered' },
  CAMERA_CLOSED: {
    status: 403,
    text: 'a private camera opens only near an open incident or with a stated reason (rule 9)'
  },
  RECORDING_CLOSED: {
    status: 403,
    text: 'recordings of a private camera, and those older than a day, open around an incident or with a stated reason'
  },
  MEDIA_UNAVAILABLE: { status: 503, text: 'no picture: the camera or its worker does not answer' },
  WEBRTC_OFF: { status: 409, text: 'live pictures by WebRTC are switched off here (media.webrtc); MSE is there' },
  EXPORT_REFUSED: { status: 409, text: 'the export is not taken on; the reason is named' },
  TICKET_REFUSED: { status: 403, text: 'the ticket is expired, used for something else or forged' },
  CONFLICT_RETRY: { status: 409, text: 'somebody else changed it at the same moment; look again' },
  ROUND_REFUSED: {
    status: 409,
    text: 'the round of the video patrol does not allow this now; `why` says what is missing'
  },
  COMMAND_REFUSED: { status: 409, text: 'this order is not sent to the device; `why` says what forbids it' },
  TERMINAL_CALLING: {
    status: 409,
    text: 'the terminal calls for help now: it is decided on when its incident is resolved'
  },
  TEST_REFUSED: {
    status: 409,
    text: 'somebody there calls for help: no source is put on test while that incident is open'
  },
  SHELVE_REFUSED: {
    status: 409,
    text: 'somebody calls for help with this source: it is never shelved (rule 4)'
  },
  SHIFT_REFUSED: {
    status: 409,
    text: 'the shift is not handed over, or nobody is called after it; `why` says what forbids it'
  },
  PHONE_VIDEO_REFUSED: { status: 409, text: 'this phone does not send its picture now; `why` says what forbids it' },
  MESSAGE_REFUSED: { status: 409, text: 'this message or photo is not taken; `why` says what forbids it' },
  GROUP_CALL_REFUSED: { status: 409, text: 'the group call is not made; `why` says what forbids it' },
  PRINT_FAILED: { status: 503, text: 'the sheet was not drawn, `why` says why; nothing was given out' },
  GRID_LOOK_FAILED: { status: 503, text: 'the grid file was not looked at, `why` says why; nothing was taken in' },
  TOO_MANY_REQUESTS: { status: 429, text: 'too often, or too much at once; wait a little and try again' },
  DEMO_ONLY: { status: 404, text: 'exists in demo mode only' },
  SIMULATOR_UNREACHABLE: { status: 503, text: 'the simulated town does not answer' }
} as const

export type ErrorCode = keyof typeof ERRORS

/** An error with a code of the catalogue; `detail` is safe to show and to log (never a secret). */
export class GatewayError extends Error {
  readonly code: ErrorCode
  readonly detail: Readonly<Record<string, string | number | boolean>>

  constructor(
    code: ErrorCode,
    detail: Readonly<Record<string, string | number | boolean>> = {},
    options?: ErrorOptions
  ) {
    super(`${code}: ${ERRORS[code].text}`, options)
    this.name = 'GatewayError'
    this.code = code
    this.detail = detail
  }

  get status(): number {
    return ERRORS[this.code].status
  }
}
