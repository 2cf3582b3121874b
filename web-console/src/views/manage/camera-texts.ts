/** A camera's record as the texts of its form, and back. Pure. */
import type { CameraDraft, FoundCamera } from '../../../../gateway/core/camera-record.ts'

type Texts = ReturnType<typeof textsOf>

/** What was found on the network is for a new record only: an existing one is never given another camera's address. */
export function textsOf(draft: CameraDraft | undefined, adopting: FoundCamera | undefined) {
  const found = draft ? undefined : adopting
  const number = (value: number | undefined) => (value === undefined ? '' : String(value))
  return {
    ...{ name: draft?.name ?? '', ownership: draft?.ownership ?? 'public', owner: draft?.owner ?? '' },
    ...{ station: draft?.station ?? '', nationalCode: draft?.nationalCode ?? '' },
    ...{ lat: number(draft?.position?.lat), lon: number(draft?.position?.lon) },
    datum: draft?.position?.datum ?? ('wgs84' as string),
    ...{ yawDeg: number(draft?.yawDeg), fovDeg: number(draft?.fovDeg), gridCellId: draft?.gridCellId ?? '' },
    ...{ infrared: draft?.infrared ? 'yes' : '', audio: draft?.audio ? 'yes' : '' },
    sourceIds: (draft?.sourceIds ?? []).map(each => each.replace(/^sip:(?=\d+$)/, '')).join('; '),
    endpoint: draft?.endpoint ?? found?.endpoint ?? '',
    address: draft?.address ?? found?.address ?? '',
    ...{ mainUrl: draft?.mainUrl ?? '', subUrl: draft?.subUrl ?? '', transport: draft?.transport ?? 'auto' },
    ...{ username: '', password: '' }
  }
}

export function draftOf(texts: Texts, id: string | undefined): object {
  const number = (text: string) => (text.trim() === '' ? undefined : Number(text))
  const { lat, lon, datum, username, password, sourceIds, infrared, audio, yawDeg, fovDeg, ...plain } = texts
  const hasPlace = lat.trim() !== '' || lon.trim() !== ''
  return {
    ...plain,
    ...(id ? { id } : {}),
    // What is no number is told as a place that cannot be.
    ...(hasPlace ? { position: { lat: place(lat), lon: place(lon), datum } } : {}),
    ...{ yawDeg: number(yawDeg), fovDeg: number(fovDeg), infrared: infrared !== '', audio: audio !== '' },
    sourceIds: sourceIds.split(/[;；,，\s]+/).filter(each => each !== ''),
    ...(username === '' && password === '' ? {} : { login: { username, password } })
  }
}

function place(text: string): number {
  const value = Number(text)
  return text.trim() !== '' && Number.isFinite(value) ? value : 999
}
