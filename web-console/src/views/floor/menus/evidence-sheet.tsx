/** ⇧E, ⇧H: the open incident's evidence is exported or held. */
import { useTranslation } from 'react-i18next'
import { ExportSheet } from '../../../evidence/export-sheet.tsx'
import { HoldSheet } from '../../../evidence/hold-sheet.tsx'
import { useSession } from '../../../session.tsx'
import { serverNowMs } from '../../../state/clock.ts'
import { Sheet } from '../../../ui/sheet.tsx'
import { type EvidenceMenu, useFloor } from '../floor-context.tsx'

/** Around the presses, as the clips are cut. */
const BEFORE_MS = 30_000
const AFTER_MS = 60_000

export function EvidenceSheet({ menu }: { readonly menu: EvidenceMenu }) {
  const { t } = useTranslation()
  const { incident, user, openMenu } = useFloor()
  const { settings } = useSession()
  const close = () => openMenu(undefined)
  if (!incident) return null
  const name = t('evidence:incidentN', { number: incident.number })
  if (menu === 'hold') {
    if (user.role === 'leader')
      return <HoldSheet target={{ incidentId: incident.id }} name={name} onDone={close} onClose={close} />
    return (
      <Sheet title={t('evidence:holdOf', { name })} onClose={close} ownKeys>
        <p className="t-red" role="alert">
          {t('evidence:leaderOnly')}
        </p>
      </Sheet>
    )
  }
  const lastMs = incident.pressTimesMs.at(-1) ?? incident.openedAtMs
  const wish = {
    incident,
    cameras: incident.cameras
      .filter(camera => !camera.vehicle)
      .map(camera => ({ id: camera.cameraId, name: camera.name })),
    chosen: [],
    fromMs: incident.openedAtMs - (settings?.preRollMs ?? BEFORE_MS),
    toMs: Math.min(serverNowMs(), lastMs + (settings?.postRollMs ?? AFTER_MS))
  }
  return <ExportSheet wish={wish} onClose={close} />
}
