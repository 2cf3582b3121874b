/** The Chinese words, one file per area. */
export { default as admin } from './admin.json' with { type: 'json' }
export { default as cameras } from './cameras.json' with { type: 'json' }
export { default as common } from './common.json' with { type: 'json' }
export { default as deliveries } from './deliveries.json' with { type: 'json' }
export { default as demo } from './demo.json' with { type: 'json' }
export { default as evidence } from './evidence.json' with { type: 'json' }
export { default as floor } from './floor.json' with { type: 'json' }
export { default as manage } from './manage.json' with { type: 'json' }
export { default as map } from './map.json' with { type: 'json' }
export { default as patrol } from './patrol.json' with { type: 'json' }
export { default as playback } from './playback.json' with { type: 'json' }
export { default as rounds } from './rounds.json' with { type: 'json' }
export { default as sop } from './sop.json' with { type: 'json' }
export { default as sources } from './sources.json' with { type: 'json' }
export { default as taxi } from './taxi.json' with { type: 'json' }
export { default as wall } from './wall.json' with { type: 'json' }
export { default as words } from './words.json' with { type: 'json' }
