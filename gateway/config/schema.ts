/** Every setting of the gateway with its default, range and meaning; config/gateway.yaml and config/schema.json are written from here. */
import { type Static, type TObject, type TProperties, Type } from 'typebox'
import type { AdapterDefinition } from '../core/adapter.ts'
import { SERVICES, type Service } from '../core/hand-over.ts'
import { DEFAULT_TIMERS, type Priority, type PriorityTimers } from '../core/priority.ts'
import { ALARM_CLASSES } from '../core/signal.ts'
import { dispatch } from './dispatch-schema.ts'
import { outwards } from './outwards-schema.ts'

const DAY_MS = 86_400_000

function section<P extends TProperties>(description: string, properties: P): TObject<P> {
  return Type.Object(properties, { description, additionalProperties: false, default: {} })
}

function text(value: string, description: string, limits: { minLength?: number; pattern?: string } = {}) {
  return Type.String({ default: value, description, maxLength: 500, ...limits })
}

function whole(value: number, minimum: number, maximum: number, description: string) {
  return Type.Integer({ default: value, minimum, maximum, description })
}

function port(value: number, description: string) {
  return whole(value, 0, 65_535, description)
}

const site = section('The place this gateway works for', {
  code: text('linxi', 'short code, part of MQTT topics and file names', { pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
  name: text('临溪县', 'name of the place, shown at log-in', { minLength: 1 }),
  centre: text('临溪县监控中心', 'name of the watch floor, shown in the top bar', { minLength: 1 }),
  timeZone: text('Asia/Shanghai', 'IANA name; times are stored in UTC and shown in this zone', { minLength: 1 }),
  seats: whole(8, 1, 99, 'number of operator seats 席位')
})

const http = section('Console and API', {
  address: text('0.0.0.0', 'address to listen on; 127.0.0.1 hides it from other machines', { minLength: 1 }),
  port: port(8080, 'HTTP port; 0 takes a free one'),
  httpsPort: port(8443, 'HTTPS port, which phones need for their position; 0 takes a free one'),
  tls: section('Certificate of HTTPS and of the TLS listeners; both empty: one is made at the first start', {
    keyFile: text('', 'PEM file of the private key'),
    certFile: text('', 'PEM file of the certificate, with its chain')
  }),
  origins: Type.Array(Type.String({ pattern: '^https?://[^/]+$', maxLength: 200 }), {
    default: [],
    maxItems: 32,
    description: 'further origins whose pages may call the API, e.g. https://console.example.org'
  }),
  maxConnections: whole(8_000, 100, 100_000, 'connections at once: consoles, phones (two each) and requests'),
  maxConnectionsPerAddress: whole(256, 16, 100_000, 'of one address; mobile carriers put many phones behind one')
})

const mode = (value: 'continuous' | 'events', description: string) =>
  Type.Union([Type.Literal('preRoll'), Type.Literal('continuous'), Type.Literal('schedule'), Type.Literal('events')], {
    default: value,
    description
  })

const recording = section('Recording of cameras; the registry may say otherwise for each', {
  dir: text('recordings', 'folder of the recordings, below storage.dir unless absolute', { minLength: 1 }),
  mode: mode('continuous', 'public cameras, whose recordings must be kept: continuous'),
  privateMode: mode('events', 'joined private cameras 社会监控探头: their owners record, we what is near an alarm'),
  stream: Type.Union([Type.Literal('main'), Type.Literal('sub')], {
    default: 'main',
    description: 'which stream is recorded'
  }),
  publicDays: whole(30, 30, 3650, 'days that recordings of public cameras are kept, by law 30 at least (90 where set)'),
  privateDays: whole(30, 1, 3650, 'days that recordings of private cameras are kept'),
  quotaGb: whole(0, 0, 1_000_000, 'the recordings never take more (10^9 bytes); 0: all that minFreeGb leaves'),
  minFreeGb: whole(
    5,
    1,
    100_000,
    'kept free on their disk for evidence (10^9 bytes): below it the oldest recordings go'
  ),
  motionTailMs: whole(15_000, 0, 600_000, 'in the mode events: recorded for so long after the last motion'),
  segmentMs: whole(60_000, 5_000, 600_000, 'length of a file'),
  fragmentMs: whole(400, 100, 1_000, 'written together; what a killed process loses at most, less one frame'),
  syncMs: whole(5_000, 1_000, 60_000, 'recordings reach the platter this often: what a power cut loses at most')
})

const media = section('Video plane', {
  workers: whole(2, 1, 64, 'worker processes that receive video; one per processor core at most'),
  basePort: port(8100, 'port of the first worker, the next ones follow; 0 takes free ones'),
  preRollMs: whole(30_000, 0, 300_000, 'recorded before an alarm, kept in memory per camera (DB15/T 3968: 30 s)'),
  postRollMs: whole(60_000, 0, 600_000, 'recorded after an alarm, and again after every further press'),
  preRollFrom: Type.Union([Type.Literal('memory'), Type.Literal('disk')], {
    default: 'memory',
    description:
      'where the seconds before an alarm come from; disk needs some 1 MB of memory a camera, and records all of them'
  }),
  preRollStream: Type.Union([Type.Literal('main'), Type.Literal('sub')], {
    default: 'main',
    description: 'which stream the recorded seconds come from; sub needs less memory'
  }),
  clipCameras: whole(2, 2, 16, 'nearest cameras recorded for an incident (DB15/T 3968: at least 2)'),
  evidenceDir: text('evidence', 'folder of clips and stills, below storage.dir unless absolute', { minLength: 1 }),
  recording,
  transcode: section(
    'H.265 for browsers without it: ffmpeg makes H.264 of it, 1280 × 720 at most, one for all live viewers, one for each player of recordings',
    {
      maxStreams: whole(4, 0, 64, 'streams at once over all workers, about a third of a processor core each; 0: never')
    }
  ),
  webrtc: section('Live pictures by WebRTC beside MSE, for the large picture of whoever chooses it', {
    enabled: Type.Boolean({
      default: false,
      description: 'costs more processor than MSE, and UDP ports in the firewall'
    }),
    addresses: Type.Array(Type.String({ minLength: 2, maxLength: 45 }), {
      default: [],
      maxItems: 4,
      description: 'IP addresses of this machine that browsers are told; empty: the one they reached it at'
    }),
    portFrom: port(40_800, 'first UDP port, the workers share them; 0 takes free ones'),
    portTo: port(40_999, 'last UDP port; one for each viewer and address'),
    maxViewers: whole(32, 1, 1_000, 'viewers at once over all workers; further ones get MSE')
  }),
  vehicleVideo: section('Video of vehicles that have pressed (JT/T 1078): the cabin camera is asked for at once', {
    enabled: Type.Boolean({
      default: false,
      description: 'opens the port, and asks the cameras that the registry lists'
    }),
    port: port(7613, 'port that vehicles send to, by TCP, and by UDP with transport udp; 0 takes a free one'),
    transport: Type.Union([Type.Literal('tcp'), Type.Literal('udp')], {
      default: 'tcp',
      description: 'how vehicles are asked to send; udp: every second time by TCP where no picture comes'
    }),
    address: text('', 'address that vehicles are told; empty: the one that the terminal itself has connected to'),
    maxCameras: whole(
      64,
      1,
      1_000,
      'cameras asked for at once, since one worker takes them all: those of the gravest and newest presses whose cars answer'
    )
  }),
  pictureCheck: section('Looks for black, covered, white and unchanging pictures: one tiny grey keyframe at a time', {
    everyMs: whole(60_000, 5_000, DAY_MS, 'each camera so often, less often where the budget is spent'),
    corePercent: whole(10, 0, 100, 'budget of each worker process in percent of a processor core; 0: no checks')
  })
})

const health = section('Health of cameras: from when on something is a trouble', {
  noFrameMs: whole(5_000, 3_000, 600_000, 'no frame for so long: trouble; a tile is stale after 3 s'),
  clearMs: whole(10_000, 1_000, 600_000, 'frames again for so long: restored; longer for a camera that flaps'),
  graceMs: whole(
    30_000,
    0,
    600_000,
    'after a start of the gateway or of a video worker a camera may take so long to connect'
  ),
  keyframeMs: whole(30_000, 2_000, 600_000, 'no keyframe for so long, or a longer interval between them'),
  clockOffsetMs: whole(5_000, 500, DAY_MS, 'difference between the clock of a camera and ours'),
  lossPercent: Type.Number({ default: 1, minimum: 0.01, maximum: 100, description: 'packets lost over a minute' }),
  reconnectsPerHour: whole(6, 1, 1_000, 'connections begun anew within an hour'),
  keptDays: whole(400, 31, 4_000, 'how long the daily availability of cameras is kept')
})

const registry = section('Devices, households, vehicles, units and the map; paths count from this file', {
  file: text('', 'cameras, households, vehicles, groups, units, sources and grid cells; empty: nobody is known yet'),
  streets: text('', 'GeoJSON lines: drawn, and the road graph for travel times; empty: straight line × 1.4'),
  layers: section('GeoJSON drawn by the map; empty: layer left out', {
    buildings: text('', 'houses'),
    water: text('', 'rivers and lakes'),
    parks: text('', 'parks')
  }),
  tiles: section('Raster tiles of a map server above that ground; without url the map is the own one alone', {
    url: text('', 'address with {z}, {x} and {y}; the gateway fetches them, so a key in it stays here', {
      pattern: '^$|^https?://(?=.*\\{z\\})(?=.*\\{x\\})(?=.*\\{y\\})[^ ]+$'
    }),
    datum: Type.Union([Type.Literal('gcj02'), Type.Literal('wgs84')], {
      default: 'gcj02',
      description:
        'grid the tiles are drawn on: gcj02 of most map servers in China, wgs84 of Tianditu and OpenStreetMap'
    }),
    minZoom: whole(3, 0, 20, 'first zoom the server has'),
    maxZoom: whole(18, 1, 20, 'last one; nearer than that its tiles are enlarged'),
    attribution: text('', 'named on the map, as the server wants it, e.g. © 天地图')
  })
})

/** 0 in the file means that the timer does not exist; `PriorityTimers` says so by leaving it out. */
function timers(priority: Priority): TObject<{ [K in keyof Required<PriorityTimers>]: ReturnType<typeof whole> }> {
  const of = DEFAULT_TIMERS[priority]
  const ms = (value: number | undefined, description: string) => whole(value ?? 0, 0, DAY_MS, description)
  return section(`Timers of priority ${priority} in milliseconds; 0: never`, {
    acknowledgeTargetMs: whole(of.acknowledgeTargetMs, 1, DAY_MS, 'target from visible to acknowledged 接警'),
    escalateAllMs: ms(of.escalateAllMs, 'un-owned: ring at all seats'),
    escalateLeaderMs: ms(of.escalateLeaderMs, 'un-owned: ring at the watch leader 班长'),
    autoOfferMs: ms(of.autoOfferMs, 'un-owned: offer to the nearest unit by itself'),
    dispatchTargetMs: ms(of.dispatchTargetMs, 'target from acknowledged to the first offer 派单'),
    acceptMs: whole(of.acceptMs, 1, DAY_MS, 'a unit must accept an offer within this, else the next nearest is asked'),
    noMovementMs: ms(of.noMovementMs, 'en route and not moving: warn'),
    welfareCheckMs: ms(of.welfareCheckMs, 'on scene: ask how the unit is'),
    ringAgainMs: ms(of.ringAgainMs, 'acknowledged and idle: ring again'),
    idleLeaderMs: ms(of.idleLeaderMs, 'acknowledged and idle: ring at the watch leader 班长, too')
  })
}

function dialled(service: string) {
  return text('', `number dialled for ${service}, by a SIP trunk with maxPlaced`, { pattern: '^[0-9*#+]{0,32}$' })
}

const route = (description: string, ...services: readonly Service[]) =>
  Type.Array(Type.Union(SERVICES.map(each => Type.Literal(each))), {
    ...{ default: [...services], maxItems: SERVICES.length, description }
  })

const handOver = section('Hand-over 移交 to 110, 119, 120, 12345', {
  timeoutMs: whole(180_000, 10_000, DAY_MS, 'no answer of theirs for so long: the floor is told to call by voice'),
  routes: section('Services that a nature belongs to, proposed in this order', {
    medical: route('医疗', '120'),
    violence: route('涉暴力', '110', '120'),
    intrusion: route('入室、盗窃', '110'),
    fire: route('火情', '119', '120'),
    lostOrFallen: route('走失、跌倒', '110', '120'),
    traffic: route('交通', '110', '120'),
    dispute: route('纠纷', '12345', '110'),
    equipment: route('设备故障'),
    other: route('其他', '12345')
  })
})

const incidents = section('Lifecycle of incidents', {
  shiftStarts: Type.Array(Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }), {
    ...{ default: ['08:00', '20:00'], minItems: 1, maxItems: 8 },
    description: 'when shifts of the floor begin, in the site’s time, ascending: for the shift report and the duty log'
  }),
  timers: section('Times by priority (1 panic, duress, fire, medical … 5 log only)', {
    p1: timers(1),
    p2: timers(2),
    p3: timers(3),
    p4: timers(4),
    p5: timers(5)
  }),
  callout: section('Neighbours’ call-out 十户联防, by a SIP trunk with maxPlaced', {
    enabled: Type.Boolean({ default: true, description: 'false: only when an operator calls the neighbours' }),
    othersAfterMs: whole(
      20_000,
      0,
      600_000,
      'after a panic alarm of a household by anything but #9, which rings at once'
    ),
    unverifiedAfterMs: whole(
      20_000,
      0,
      600_000,
      'after #9 of a caller nobody vouches for (来电未核实), so that the operator may stop it; 0: at once'
    ),
    ringMs: whole(30_000, 5_000, 180_000, 'how long a neighbour’s telephone rings'),
    tries: whole(2, 1, 5, 'calls to a neighbour who is busy, does not answer or cannot be reached'),
    againAfterMs: whole(15_000, 1_000, 600_000, 'pause before the next try'),
    enough: whole(3, 0, 50, 'so many neighbours go: the others are rung no more; 0: all are asked'),
    limitMs: whole(600_000, 30_000, 3_600_000, 'a call-out ends after this')
  }),
  contacts: section('Contacts 联系人 of a household are told by automatic call, by a SIP trunk with maxPlaced', {
    enabled: Type.Boolean({ default: true, description: 'never after duress' }),
    classes: Type.Array(Type.Union(ALARM_CLASSES.map(each => Type.Literal(each))), {
      default: ['help', 'medical', 'fire'],
      description: 'classes of incidents whose contacts are told'
    }),
    afterMs: whole(30_000, 0, 600_000, 'so long after the alarm, while its incident is open'),
    ringMs: whole(30_000, 5_000, 180_000, 'how long a contact’s telephone rings before the next is called'),
    tries: whole(2, 1, 5, 'calls to a contact who did not press 1'),
    againAfterMs: whole(20_000, 1_000, 600_000, 'pause before the next try of the same contact')
  }),
  groupCall: section('Group call 一键群呼 of a leader: on the phones, and by a SIP trunk with maxPlaced', {
    ringMs: whole(30_000, 5_000, 180_000, 'how long a unit’s telephone rings'),
    tries: whole(3, 1, 10, 'calls to a unit that did not confirm'),
    againAfterMs: whole(60_000, 1_000, 3_600_000, 'pause before the next try of the same unit'),
    keepLines: whole(
      2,
      0,
      100,
      'free lines that are left to alarms; while neighbours or contacts are called it rings nobody'
    ),
    limitMs: whole(1_800_000, 60_000, DAY_MS, 'a group call ends after this')
  }),
  voiceTransfer: section('Who is taken into the telephone call of an incident; empty: not possible', {
    police: dialled('110'),
    fire: dialled('119'),
    medical: dialled('120'),
    hotline: dialled('12345')
  }),
  handOver,
  categoriesFile: text('', 'table of categories 类别/类型/细类, as config/categories.yaml; empty: that one'),
  ownerLostMs: whole(30_000, 1_000, DAY_MS, 'the owner’s session is lost for this long: the incident waits again'),
  autoCloseMs: whole(DAY_MS, 60_000, 30 * DAY_MS, 'resolved for this long: closed by the system (not P1, not duress)')
})

const BASE = {
  site,
  http,
  media,
  health,
  evidence: section('Evidence: how long it is kept, and what is given out', {
    keepDays: whole(90, 30, 3650, 'days that clips and stills of closed incidents are kept; held ones longer'),
    exportKeepDays: whole(7, 1, 90, 'days that an export bundle may be fetched; the evidence itself stays'),
    signingKeyFile: text('', 'Ed25519 private key in PEM, mode 600; empty: one is made in storage.dir')
  }),
  storage: section('Where data is kept', {
    dir: text('data', 'folder of database, evidence and certificate; counts from the working folder', { minLength: 1 })
  }),
  registry,
  incidents,
  dispatch,
  sources: section('Alarm sources', {
    testMaxMs: whole(
      14_400_000,
      60_000,
      DAY_MS,
      'a source is on test 测试中 for no longer than this, then it raises again'
    ),
    shelveMaxMs: whole(
      14_400_000,
      60_000,
      DAY_MS,
      'a source is shelved 搁置 by hand for no longer than this, then it raises again'
    )
  }),
  outwards,
  feed: section('Messages to consoles and patrol pages', {
    replayMs: whole(DAY_MS, 60_000, 7 * DAY_MS, 'a client that was away no longer than this gets what it missed')
  }),
  access: section('Log-in', {
    sessionMs: whole(43_200_000, 60_000, 7 * DAY_MS, 'a session ends after this (a shift: 12 h)'),
    wrongPasswords: whole(5, 1, 100, 'wrong passwords before a work number is locked for its address'),
    lockMs: whole(30_000, 1_000, DAY_MS, 'first lock; doubles with every further wrong password'),
    lockMaxMs: whole(900_000, 1_000, DAY_MS, 'longest lock')
  }),
  log: section('Log on standard output, one JSON object a line', {
    level: Type.Union([Type.Literal('debug'), Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')], {
      default: 'info',
      description: 'least level written'
    })
  })
}

const _base = section('', BASE)
/** The settings that do not depend on which protocols there are. */
export type BaseSettings = Static<typeof _base>

/** The whole file: the base and one section per protocol, each with `enabled` whether or not the protocol declares it. */
export function configSchema(adapters: readonly AdapterDefinition[]): TObject {
  const sections: TProperties = {}
  for (const { name, config } of adapters) sections[name] = withEnabled(config as TObject)
  return section('Settings of 平安网关; every key may be left out', {
    ...BASE,
    adapters: section('Protocols, one section each', sections)
  })
}

/** True when the protocol's own schema has `enabled`, so that it wants to see it. */
export function declaresEnabled(definition: AdapterDefinition): boolean {
  return 'enabled' in ((definition.config as TObject).properties ?? {})
}

function withEnabled(config: TObject): TObject {
  const own = 'enabled' in config.properties
  const properties = own
    ? config.properties
    : { enabled: Type.Boolean({ default: true, description: 'false: not started' }), ...config.properties }
  const { description } = config as { description?: string }
  return section(description ?? '', properties)
}
