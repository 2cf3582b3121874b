/** What the HTTP side asks of the house; the composition root hands it in, so that no room is imported here. */
import type { ApiToken, TokenDraft, TokenMade } from '../core/api-token.ts'
import type { CameraId, EvidenceId, IncidentId, SourceId, SubjectId, UnitId } from '../core/brand.ts'
import type { PlannedDraft, PlannedWork } from '../core/camera-health.ts'
import type { CameraDayDetail, CameraDays, CameraHealthRow } from '../core/camera-health-wire.ts'
import type { CommandAnswer, CommandRequest, CommandTargets } from '../core/device-command.ts'
import type { Earlier } from '../core/earlier-wire.ts'
import type { Found, PageQuery } from '../core/find.ts'
import type { GroupDetail, GroupDraft, GroupLine, RecordSaved } from '../core/group-record.ts'
import type { Incident, TimelineEntry } from '../core/incident.ts'
import type { LocatorLook } from '../core/locator-wire.ts'
import type { FoundPlaces } from '../core/map-find.ts'
import type { NearNow } from '../core/near-now.ts'
import type { Deliveries, DeliveriesQuery, SinkOrder } from '../core/outwards.ts'
import type { RegistrationList, VehicleChoice } from '../core/registration.ts'
import type { Similar } from '../core/similar.ts'
import type { SourceTest, SourceTests, TestDraft } from '../core/source-test.ts'
import type { SourceDetail, SourcePage, SourceQuery } from '../core/sources.ts'
import type { AuditEntry } from '../core/store.ts'
import type { SourceFrames, TraceStrangers } from '../core/trace.ts'
import type { Phrases } from '../core/unit.ts'
import type { UnitDetail, UnitDraft, UnitLine } from '../core/unit-record.ts'
import type { UserChoices, UserDetail, UserDraft, UserLine, UserSaved } from '../core/user-record.ts'
import type { HearMode, TalkNumber, TalkRequest, TalkStarted } from '../core/voice.ts'
import type {
  Draft,
  PatrolFinding,
  PatrolPlan,
  PatrolRound,
  VideoPatrolReport,
  VideoPatrolState,
  WallLayout,
  WallState,
  WallTour
} from '../core/wall.ts'
import type {
  CameraTicketRequest,
  CameraView,
  ConsoleSettings,
  DemoPress,
  Diagnostics,
  EvidenceDetail,
  EvidenceList,
  ExportJob,
  ExportRequest,
  Hold,
  HoldRequest,
  IncidentAction,
  IncidentDetail,
  PatrolCommand,
  PatrolCommandResult,
  PatrolPosition,
  PatrolSnapshot,
  PatrolWay,
  PlayTicket,
  PlayTicketRequest,
  RecordingOverview,
  RecordingStill,
  RecordingTimeline,
  SessionUser,
  SiteInfo,
  Ticket,
  UnitWay
} from '../core/wire.ts'
import type { EarlierRooms } from './earlier-ports.ts'
import type { GroupCallRooms } from './group-call-ports.ts'
import type { LineRooms } from './lines-ports.ts'
import type { PatrolRouteRooms } from './patrol-route-ports.ts'
import type { HttpPermission } from './permissions.ts'
import type { PhoneVideoRooms } from './phone-video-ports.ts'
import type { PhotoRooms } from './photo-ports.ts'
import type { PrintRooms } from './print-ports.ts'
import type { CameraRooms, GridRooms, MapAnswer } from './record-ports.ts'
import type { BoardRooms, ReportRooms } from './report-ports.ts'
import type { RunSettingRooms } from './run-setting-ports.ts'
import type { SearchRooms } from './search-ports.ts'
import type { SourceShelfRooms } from './shelf-ports.ts'
import type { SinkRooms } from './sink-ports.ts'
import type { SubjectRooms } from './subject-ports.ts'
import type { WorkRooms } from './work-ports.ts'

export type { HttpPermission } from './permissions.ts'
export type { SubjectRooms } from './subject-ports.ts'

/** A logged-in person; `key` names the session without being able to open it. */
export interface HttpSession {
  readonly key: string
  readonly expiresAtMs: number
  readonly user: SessionUser
}

export interface HttpAccess {
  login(request: {
    readonly login: string
    readonly password: string
    readonly seat?: number
    readonly asksSeat?: boolean
    readonly origin: string
  }): Promise<{ readonly token: string; readonly session: HttpSession }>
  logout(session: HttpSession, origin: string): Promise<void>
  session(token: string): HttpSession | undefined
  /** Who is logged in, one a session. */
  people(): readonly SessionUser[]
  /** NOT_ALLOWED without the permission; nothing happens when the seat is free. */
  freeSeat(seat: number, by: SessionUser, origin: string): Promise<void>
  /** Ends the person's sessions too; NOT_FOUND when nobody has the number. */
  setDisabled(login: string, disabled: boolean, by: SessionUser): Promise<void>
  /** Throws NOT_ALLOWED with the missing `permission`, which the error handler puts on record. */
  require(user: SessionUser, permission: HttpPermission): void
  /** The same as an answer, for what is left out instead of refused. */
  may(user: SessionUser, permission: HttpPermission): boolean
}

/** Open calls; every hearing is on record before its ticket is given. */
export interface VoiceRooms {
  hear(recording: EvidenceId, mode: HearMode, user: SessionUser): Promise<Ticket>
}

/** Calls that an operator places from an incident, on record before they ring. */
export interface TalkRooms {
  /** NOT_FOUND for an incident that is not open; nobody where there is no telephone line. */
  numbers(incidentId: IncidentId): {
    readonly numbers: readonly TalkNumber[]
    readonly duress: boolean
    readonly silent: boolean
  }
  /** COMMAND_REFUSED with the reason; resolves when the line is taken and the other telephone is being called. */
  talk(incidentId: IncidentId, request: TalkRequest, user: SessionUser): Promise<TalkStarted>
}

/** Orders to devices; on record before they go out. */
export interface DeviceCommandRooms {
  /** NOT_FOUND for an incident that is filed, or none of the own fleet. */
  targets(incidentId: IncidentId, user: SessionUser): CommandTargets
  /** Resolves with what came of it; NOT_FOUND, NOT_OWNER, NOT_ALLOWED, COMMAND_REFUSED. */
  order(incidentId: IncidentId, request: CommandRequest, user: SessionUser, origin: string): Promise<CommandAnswer>
}

export interface PhraseRooms {
  /** On record when it resolves; NOT_FOUND, NOT_OWNER, ILLEGAL_TRANSITION. */
  phrases(incidentId: IncidentId, user: SessionUser): Promise<Phrases>
}

/** Places of persons' locators, each look on record before it is answered. */
export interface LocatorRooms {
  look(incidentId: IncidentId, user: SessionUser): Promise<LocatorLook>
}

/** Cameras by health and the work announced on them; never a picture. */
export interface CameraHealthRooms {
  rows(): Promise<readonly CameraHealthRow[]>
  days(): CameraDays
  /** NOT_FOUND for a camera that the registry does not list. */
  day(cameraId: CameraId, day: string): Promise<CameraDayDetail>
  /** Audited in the commit that keeps it; NOT_FOUND, BODY_INVALID. */
  announce(draft: PlannedDraft, user: SessionUser): Promise<PlannedWork>
  /** NOT_FOUND when it is over. */
  endPlanned(workId: string, user: SessionUser): Promise<void>
}

/** Alarm sources by state. */
export interface SourceRooms {
  page(query: SourceQuery): SourcePage
  /** NOT_FOUND for what is neither in the registry nor was heard. */
  detail(sourceId: SourceId): Promise<SourceDetail>
  /** Audited before it is answered; empty for who sent nothing since the start. */
  frames(id: string, user: SessionUser): Promise<SourceFrames>
  strangers(): TraceStrangers
  tests(): SourceTests
  /** Audited in the commit that keeps it; NOT_FOUND, BODY_INVALID, TEST_REFUSED. */
  setTest(draft: TestDraft, user: SessionUser): Promise<SourceTest>
  /** NOT_FOUND when it is over. */
  endTest(testId: string, user: SessionUser): Promise<void>
  /** Of the subject or any of its sources, the newest that is over; `heard`: something arrived in it. */
  lastTest(subjectId: SubjectId): Promise<Earlier['lastTest']>
  readonly shelves: SourceShelfRooms
}

/** Vehicle terminals that ask to be registered; every decision is audited in the commit that keeps it. */
export interface RegistrationRooms {
  list(): RegistrationList
  vehicles(text: string): readonly VehicleChoice[]
  /** NOT_FOUND, ILLEGAL_TRANSITION when the registry file lists the terminal. */
  approve(source: string, subjectId: string, user: SessionUser): Promise<void>
  /** Also takes an approval back. */
  refuse(source: string, user: SessionUser): Promise<void>
  /** Takes another terminal than before for a number, or refuses it; NOT_FOUND, TERMINAL_CALLING. */
  replace(source: string, terminalId: string, taken: boolean, user: SessionUser): Promise<void>
}

/** Neighbour groups; every change is audited in the commit that keeps it, and the next call-out rings by it. */
export interface GroupRooms {
  page(query: PageQuery): Found<GroupLine>
  detail(groupId: string): Promise<GroupDetail>
  save(draft: GroupDraft, version: number, user: SessionUser): Promise<RecordSaved>
  remove(groupId: string, version: number, user: SessionUser): Promise<RecordSaved>
  members(
    groupId: string,
    change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
    user: SessionUser
  ): Promise<void>
}

/** Units and their rota; a change is audited in the commit that keeps it and dispatched by at once. */
export interface UnitRooms {
  page(query: PageQuery): Found<UnitLine>
  detail(unitId: string): Promise<UnitDetail>
  save(draft: UnitDraft, version: number, user: SessionUser): Promise<RecordSaved>
  remove(unitId: string, version: number, user: SessionUser): Promise<RecordSaved>
}

/** API tokens of other programs; made and revoked on record, as is their use. */
export interface TokenRooms {
  list(): readonly ApiToken[]
  make(draft: TokenDraft, by: SessionUser): Promise<TokenMade>
  /** NOT_FOUND when it is over. */
  revoke(tokenId: string, by: SessionUser): Promise<void>
  verify(text: string): ApiToken | undefined
  used(token: ApiToken, route: string, origin: string): Promise<void>
}

/** People who log in; every change is audited in the commit that keeps it. */
export interface UserRooms {
  page(query: PageQuery): Found<UserLine>
  choices(): UserChoices
  /** NOT_FOUND. */
  detail(login: string): Promise<UserDetail>
  /** Sessions of a changed account end. `version` as its form was opened, empty for somebody new; CONFLICT_RETRY when somebody was quicker. */
  save(draft: UserDraft, version: string, by: SessionUser): Promise<UserSaved>
  /** NOT_FOUND; NOT_ALLOWED for oneself. */
  newPassword(login: string, by: SessionUser): Promise<{ readonly password: string }>
}

/** What goes to other systems; every order is audited in the commit that keeps it. */
export interface OutwardRooms {
  /** Messages found by sink, number of the incident or id; without a text all. */
  deliveries(query?: DeliveriesQuery): Deliveries
  /** Sends anew what was given up; NOT_FOUND. */
  retry(deliveryId: string, user: SessionUser): Promise<void>
  /** Throws away what was given up; NOT_FOUND. */
  drop(deliveryId: string, user: SessionUser): Promise<void>
  /** Of one sink; NOT_FOUND. What was given up for a sink that is no more can only be dropped. */
  order(sink: string, order: SinkOrder, user: SessionUser): Promise<void>
  readonly sinks: SinkRooms
}

/** The video wall and the video patrol; every change and every look is audited before it is answered. */
export interface WallRooms {
  state(user: SessionUser): WallState
  putLayout(draft: Draft<WallLayout>, user: SessionUser): Promise<WallLayout>
  removeLayout(layoutId: string, user: SessionUser): Promise<unknown>
  putTour(draft: Draft<WallTour>, user: SessionUser): Promise<WallTour>
  removeTour(tourId: string, user: SessionUser): Promise<unknown>
  /** A picture on the screen is kept as a file by the console. */
  stillTaken(cameraId: CameraId, user: SessionUser, reason: string | undefined): Promise<void>
  readonly patrol: {
    state(user: SessionUser): VideoPatrolState
    putPlan(draft: Draft<PatrolPlan>, user: SessionUser): Promise<PatrolPlan>
    removePlan(planId: string, user: SessionUser): Promise<void>
    look(roundId: string, cameraId: string, user: SessionUser): Promise<PatrolRound>
    seen(roundId: string, cameraId: string, user: SessionUser): Promise<PatrolRound>
    skip(roundId: string, cameraId: string, reason: string, user: SessionUser): Promise<PatrolRound>
    find(
      roundId: string,
      finding: Pick<PatrolFinding, 'id' | 'cameraId' | 'kind' | 'note'>,
      user: SessionUser,
      origin: string
    ): Promise<PatrolRound>
    report(fromMs: number, toMs: number): Promise<VideoPatrolReport>
  }
}

/** Recordings; every look is audited with its interval before the ticket is given. */
export interface PlaybackRooms {
  playTicket(cameraId: CameraId, wish: PlayTicketRequest, user: SessionUser): Promise<PlayTicket>
  stillTaken(cameraId: CameraId, still: RecordingStill, user: SessionUser): Promise<void>
}

/** What is recorded; a look at the timeline is audited before it is answered. */
export interface RecordingRooms {
  overview(): Promise<RecordingOverview>
  timeline(
    cameraId: CameraId,
    wish: { readonly fromMs: number; readonly toMs: number; readonly reason?: string; readonly incidentId?: string },
    user: SessionUser
  ): Promise<RecordingTimeline>
}

/** Evidence with its custody, legal holds, exports; every look and every order is on record before it is answered. */
export interface EvidenceRooms {
  /** NOT_FOUND for an incident that does not exist. */
  list(query: { readonly incidentId?: string; readonly search?: string }): Promise<EvidenceList>
  detail(evidenceId: EvidenceId, user: SessionUser): Promise<EvidenceDetail>
  holds(): readonly Hold[]
  hold(request: HoldRequest, user: SessionUser): Promise<Hold>
  release(holdId: string, reason: string, user: SessionUser): Promise<Hold>
  exports(): readonly ExportJob[]
  export(jobId: string): ExportJob
  order(request: ExportRequest, user: SessionUser): Promise<ExportJob>
  cancel(jobId: string, user: SessionUser): Promise<ExportJob>
  ticket(jobId: string, user: SessionUser): Promise<Ticket>
}

/** One person's connection to the feed. */
export interface FeedDoor {
  subscribe(
    sink: { send(message: string | Buffer): boolean; close(code: number, reason: string): void },
    user: SessionUser,
    resume: Readonly<Record<string, number>>
  ): Promise<{ leave(): void }>
  /** Calls back with the session's key when it ends. */
  onSessionEnd(listener: (key: string) => void): () => void
  now(): number
}

export interface HttpRooms {
  readonly evidence: EvidenceRooms
  site(): SiteInfo
  map(): Promise<MapAnswer>
  /** NOT_FOUND where no map server is set or it gives none. */
  tile(zoom: number, x: number, y: number): Promise<{ readonly type: string; readonly bytes: Buffer }>
  settings(): ConsoleSettings
  cameras(): readonly CameraView[]
  incident(incidentId: IncidentId): Promise<Incident | undefined>
  recentIncidents(query: { readonly limit: number; readonly beforeMs?: number }): Promise<readonly Incident[]>
  timeline(incidentId: IncidentId): Promise<readonly TimelineEntry[]>
  /** Of units on their way: where they are is on record before it is shown (rule 10). */
  ways(user: SessionUser): Promise<readonly UnitWay[]>
  /** Who may be sent, and the vehicle's place they are ranked to, which is audited first. */
  ranking(
    incident: Incident,
    user: SessionUser,
    also: readonly UnitId[]
  ): Promise<Pick<IncidentDetail, 'candidates' | 'towards'>>
  similar(incident: Incident): readonly Similar[]
  /** On record when it resolves; NOT_FOUND, ILLEGAL_TRANSITION. */
  nearNow(incidentId: string, user: SessionUser): Promise<NearNow>
  act(incidentId: IncidentId, action: IncidentAction, user: SessionUser, origin: string): Promise<Incident>
  /** Audited before the ticket is given. */
  cameraTicket(cameraId: CameraId, wish: CameraTicketRequest, user: SessionUser): Promise<Ticket>
  /** `reason`: for a private camera that only the person's own finding would open. */
  evidenceTicket(evidenceId: EvidenceId, user: SessionUser, reason?: string): Promise<Ticket>
  /** To the order that was offered to or taken by the user's unit; on record when it resolves. NOT_FOUND; ILLEGAL_TRANSITION while no place is known. */
  patrolWay(assignmentId: string, user: SessionUser): Promise<PatrolWay>
  patrolState(user: SessionUser): PatrolSnapshot
  patrolCommands(user: SessionUser, commands: readonly PatrolCommand[]): Promise<readonly PatrolCommandResult[]>
  /** False: off duty, nothing was kept. */
  patrolPosition(user: SessionUser, position: PatrolPosition): boolean
  diagnostics(): Promise<Diagnostics>
  audit(limit: number): Promise<readonly (AuditEntry & { readonly seq: number; readonly hash: string })[]>
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
  /** Puts on record that a role may not do this; never rejects. */
  refused(user: SessionUser, route: string, permission: string): Promise<void>
  demoPress?(press: DemoPress): Promise<unknown>
  readonly wall: WallRooms
  readonly playback: PlaybackRooms
  readonly recordings: RecordingRooms
  readonly cameraHealth: CameraHealthRooms
  readonly deviceCommands: DeviceCommandRooms
  readonly locators: LocatorRooms
  readonly phrases: PhraseRooms
  readonly earlier: EarlierRooms
  readonly lines: LineRooms
  readonly voice: VoiceRooms
  readonly talk: TalkRooms
  readonly sources: SourceRooms
  readonly registrations: RegistrationRooms
  readonly subjects: SubjectRooms
  readonly users: UserRooms
  readonly tokens: TokenRooms
  readonly groups: GroupRooms
  readonly grid: GridRooms
  readonly cameraRecords: CameraRooms
  readonly units: UnitRooms
  readonly patrolRoutes: PatrolRouteRooms
  readonly outwards: OutwardRooms
  readonly runSettings: RunSettingRooms
  readonly work: WorkRooms
  readonly reports: ReportRooms
  readonly board: BoardRooms
  readonly groupCalls: GroupCallRooms
  readonly print: PrintRooms
  readonly searches: SearchRooms
  readonly phoneVideo: PhoneVideoRooms
  readonly photos: PhotoRooms
  /** On record when it resolves. */
  /** `incidents`: how many the page has itself found by the same words, for the record. */
  mapFind(text: string, user: SessionUser, incidents: number | undefined): Promise<FoundPlaces>
}
