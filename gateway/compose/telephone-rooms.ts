/** The rooms that place telephone calls: to an incident's neighbours, to whoever is taken into its call, and to many units at once. */
import { type CalloutDeps, createCallouts } from './callouts.ts'
import { createGroupCalls, type GroupCallDeps } from './group-calls.ts'
import { createVoiceParties, type VoicePartyDeps } from './voice-parties.ts'

type TelephoneDeps = CalloutDeps &
  VoicePartyDeps &
  GroupCallDeps & {
    /** The incidents as they read had the clock never been set. */
    readonly due: CalloutDeps['incidents']
  }

export async function createTelephoneRooms(deps: TelephoneDeps) {
  const callouts = createCallouts({ ...deps, incidents: deps.due })
  const parties = createVoiceParties(deps)
  const groupCalls = await createGroupCalls(deps)
  return {
    callouts,
    parties,
    groupCalls,
    stop() {
      callouts.stop()
      parties.stop()
      groupCalls.stop()
    }
  }
}
