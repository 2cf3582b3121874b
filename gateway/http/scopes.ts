/** What each scope of an API token opens, route by route; what stands in no line is closed to every token. */
import type { ApiScope } from '../core/api-token.ts'
import type { HttpPermission } from './ports.ts'

interface Opened {
  readonly permissions: readonly HttpPermission[]
  /** As they are registered. */
  readonly routes: readonly string[]
}

const READ_REGISTRY = [
  'GET /api/subjects',
  'GET /api/subjects/detail',
  'GET /api/subjects/choices',
  'GET /api/subjects/export',
  'GET /api/groups',
  'GET /api/groups/detail',
  'GET /api/units',
  'GET /api/units/detail',
  'GET /api/camera-records',
  'GET /api/camera-records/detail',
  'GET /api/camera-records/found',
  'GET /api/camera-records/export',
  'GET /api/grid',
  'GET /api/grid/state',
  'GET /api/grid/export'
]

export const SCOPES: Readonly<Record<ApiScope, Opened>> = {
  'read-incidents': { permissions: ['incident.read'], routes: ['GET /api/incidents', 'GET /api/incidents/:id'] },
  'read-devices': {
    permissions: ['source.read', 'camera.health'],
    routes: ['GET /api/sources', 'GET /api/sources/detail', 'GET /api/sources/tests', 'GET /api/camera-health']
  },
  'read-deliveries': { permissions: ['delivery.read'], routes: ['GET /api/deliveries'] },
  'read-registry': { permissions: ['registry.manage'], routes: READ_REGISTRY },
  'write-registry': {
    permissions: ['registry.manage'],
    routes: [
      ...READ_REGISTRY,
      'POST /api/subjects',
      'POST /api/subjects/remove',
      'POST /api/subjects/import/preview',
      'POST /api/subjects/import',
      'POST /api/groups',
      'POST /api/groups/remove',
      'POST /api/groups/members',
      'POST /api/units',
      'POST /api/units/remove',
      'POST /api/camera-records',
      'POST /api/camera-records/remove',
      'POST /api/camera-records/import/preview',
      'POST /api/camera-records/import',
      'POST /api/grid/preview',
      'POST /api/grid/import'
    ]
  },
  reports: {
    permissions: ['camera.health', 'report.read'],
    routes: [
      'GET /api/camera-health/days',
      'GET /api/camera-health/:cameraId/day',
      'GET /api/camera-health.csv',
      'GET /api/reports/incidents',
      'GET /api/reports/incidents.csv'
    ]
  },
  diagnostics: { permissions: ['diagnostics.read'], routes: ['GET /api/diagnostics'] }
}

/** Every token may read the description of what there is. */
const OPEN_TO_ALL = 'GET /api/openapi.json'

export function scopesOf(route: string): readonly ApiScope[] {
  return (Object.keys(SCOPES) as ApiScope[]).filter(scope => SCOPES[scope].routes.includes(route))
}

export function opens(scopes: readonly ApiScope[], route: string): boolean {
  return route === OPEN_TO_ALL || scopes.some(scope => SCOPES[scope].routes.includes(route))
}

export function permits(scopes: readonly ApiScope[], permission: HttpPermission): boolean {
  return scopes.some(scope => SCOPES[scope].permissions.includes(permission))
}
