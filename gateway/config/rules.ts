/** What a schema cannot say: settings that must agree with each other. */
import { isIP } from 'node:net'
import { classConflicts } from './dispatch-schema.ts'
import type { Fault } from './faults.ts'
import { sinkConflicts } from './outwards-rules.ts'
import type { BaseSettings } from './schema.ts'

/** Faults between settings; called only when each single one is allowed. */
export function findConflicts(settings: BaseSettings): readonly Fault[] {
  return [
    ...timeZone(settings),
    ...certificate(settings),
    ...ports(settings),
    ...escalation(settings),
    ...shifts(settings),
    ...locks(settings),
    ...preRoll(settings),
    ...webrtc(settings),
    ...tiles(settings),
    ...classConflicts(settings.dispatch),
    ...sinkConflicts(settings.outwards.sinks)
  ]
}

function timeZone({ site }: BaseSettings): readonly Fault[] {
  try {
    new Intl.DateTimeFormat('en', { timeZone: site.timeZone })
    return []
  } catch {
    const path = ['site', 'timeZone']
    return [
      { path, text: `site.timeZone is ${JSON.stringify(site.timeZone)}; allowed: an IANA name such as Asia/Shanghai` }
    ]
  }
}

function certificate({ http: { tls } }: BaseSettings): readonly Fault[] {
  if ((tls.keyFile === '') === (tls.certFile === '')) return []
  const missing = tls.keyFile === '' ? 'keyFile' : 'certFile'
  return [{ path: ['http', 'tls', missing], text: `http.tls.${missing} is empty; allowed: both files, or both empty` }]
}

function tiles({ registry: { tiles } }: BaseSettings): readonly Fault[] {
  const { url, minZoom, maxZoom } = tiles
  const at = (key: string, text: string): Fault => ({
    path: ['registry', 'tiles', key],
    text: `registry.tiles.${key} ${text}`
  })
  const read = url === '' ? undefined : URL.parse(url)
  return [
    ...(url !== '' && !read ? [at('url', 'is no address; allowed: https://HOST/…{z}…{x}…{y}')] : []),
    ...(read && (read.username !== '' || read.password !== '')
      ? [
          at(
            'url',
            'has a log-in in it, which is not sent; give a key as the map server wants it, in the path or behind ?'
          )
        ]
      : []),
    ...(minZoom > maxZoom
      ? [at('minZoom', `is ${minZoom}, above maxZoom ${maxZoom}; allowed: ${maxZoom} at most`)]
      : [])
  ]
}

/** TCP ports of the main process and its workers; 0 is never in the way. */
function ports({ http, media }: BaseSettings): readonly Fault[] {
  const owners = new Map<number, string>()
  const faults: Fault[] = []
  const claim = (port: number, path: readonly string[]) => {
    const key = path.join('.')
    const owner = owners.get(port)
    if (port === 0) return
    if (owner === undefined) owners.set(port, key)
    else if (owner !== key) faults.push({ path, text: `${key} needs port ${port}, which ${owner} has already` })
  }
  claim(http.port, ['http', 'port'])
  claim(http.httpsPort, ['http', 'httpsPort'])
  if (media.basePort !== 0) {
    for (let i = 0; i < media.workers; i++) claim(media.basePort + i, ['media', 'basePort'])
    if (media.basePort + media.workers - 1 > 65_535) {
      faults.push({
        path: ['media', 'basePort'],
        text: `media.basePort is ${media.basePort}; allowed: room for ${media.workers} ports below 65536`
      })
    }
  }
  return faults
}

function escalation({ incidents }: BaseSettings): readonly Fault[] {
  return Object.entries(incidents.timers).flatMap(([priority, t]) => {
    if (t.escalateAllMs === 0 || t.escalateLeaderMs === 0 || t.escalateAllMs <= t.escalateLeaderMs) return []
    const path = ['incidents', 'timers', priority, 'escalateLeaderMs']
    return [
      {
        path,
        text: `${path.join('.')} is ${t.escalateLeaderMs}; allowed: not before escalateAllMs (${t.escalateAllMs})`
      }
    ]
  })
}

function shifts({ incidents: { shiftStarts } }: BaseSettings): readonly Fault[] {
  if (shiftStarts.every((start, n) => n === 0 || start > (shiftStarts[n - 1] ?? ''))) return []
  const path = ['incidents', 'shiftStarts']
  return [{ path, text: `incidents.shiftStarts is ${shiftStarts.join(', ')}; allowed: each later than the one before` }]
}

function locks({ access }: BaseSettings): readonly Fault[] {
  if (access.lockMs <= access.lockMaxMs) return []
  return [
    {
      path: ['access', 'lockMaxMs'],
      text: `access.lockMaxMs is ${access.lockMaxMs}; allowed: at least access.lockMs (${access.lockMs})`
    }
  ]
}

/** What memory does not keep must be on disk, all the time and of the same stream. */
function preRoll({ media }: BaseSettings): readonly Fault[] {
  if (media.preRollFrom === 'memory') return []
  const { mode, privateMode, stream } = media.recording
  const wanted = [
    ['mode', mode, 'continuous'],
    ['privateMode', privateMode, 'continuous'],
    ['stream', stream, media.preRollStream]
  ] as const
  return wanted
    .filter(([, value, needed]) => value !== needed)
    .map(([key, value, needed]) => {
      const path = ['media', 'recording', key]
      return { path, text: `${path.join('.')} is ${value}; allowed with media.preRollFrom disk: ${needed}` }
    })
}

/** Every worker needs two ports at least, and every viewer one for each address. */
function webrtc({ media: { webrtc, workers } }: BaseSettings): readonly Fault[] {
  const { enabled, addresses, portFrom, portTo, maxViewers } = webrtc
  const need = Math.max(2 * workers, maxViewers * Math.max(1, addresses.length))
  const faults: Fault[] = addresses
    .filter(address => isIP(address) === 0)
    .map(address => ({
      path: ['media', 'webrtc', 'addresses'],
      text: `media.webrtc.addresses has ${JSON.stringify(address)}; allowed: IP addresses`
    }))
  if (!enabled || portFrom === 0 || portTo - portFrom + 1 >= need) return faults
  const path = ['media', 'webrtc', 'portTo']
  return [
    ...faults,
    { path, text: `media.webrtc.portTo is ${portTo}; allowed: at least ${portFrom + need - 1}, for maxViewers` }
  ]
}
