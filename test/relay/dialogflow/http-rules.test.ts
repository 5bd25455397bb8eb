import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchRoute } from '../../../relay/dialogflow/routes.ts';
import { dialogflowRules, examplePath, type HttpRule } from './http-rules.ts';
import { PROJECT } from './proxy-fixture.ts';

interface Decision {
  isAllowed: boolean;
  why: string;
  methods: string;
}

/** What the proxy decides about each method of Dialogflow, and why. A method that is in no row fails the test. */
const DECISIONS: Decision[] = [
  {
    isAllowed: true,
    why: 'A desktop runs a conversation with it.',
    methods:
      'Conversations.CreateConversation Conversations.GetConversation Conversations.CompleteConversation ' +
      'Conversations.ListMessages Conversations.BatchCreateMessages Conversations.IngestContextReferences ' +
      'Participants.CreateParticipant Participants.GetParticipant Participants.ListParticipants ' +
      'Participants.UpdateParticipant Participants.AnalyzeContent',
  },
  {
    isAllowed: true,
    why: 'A desktop asks for a suggestion, a summary or an answer with it.',
    methods:
      'Participants.SuggestArticles Participants.SuggestFaqAnswers Participants.SuggestSmartReplies ' +
      'Participants.SuggestKnowledgeAssist Conversations.SuggestConversationSummary ' +
      'Conversations.GenerateSuggestions Conversations.GenerateStatelessSummary ' +
      'Conversations.GenerateStatelessSuggestion Conversations.SearchKnowledge',
  },
  {
    isAllowed: true,
    why: 'A desktop shows what became of a suggestion, or gives feedback on it.',
    methods: 'AnswerRecords.GetAnswerRecord AnswerRecords.UpdateAnswerRecord',
  },
  {
    isAllowed: true,
    why: 'A desktop reads with it which features are on. It shows nothing of a conversation.',
    methods:
      'ConversationProfiles.GetConversationProfile ConversationModels.GetConversationModel Generators.GetGenerator',
  },
  {
    isAllowed: true,
    why: 'It reads below a model or a generator that a desktop may read. It shows nothing of a conversation.',
    methods:
      'ConversationModels.GetConversationModelEvaluation ConversationModels.ListConversationModelEvaluations ' +
      'GeneratorEvaluations.GetGeneratorEvaluation GeneratorEvaluations.ListGeneratorEvaluations',
  },
  {
    isAllowed: false,
    why: 'It lists the calls of all agents.',
    methods: 'Conversations.ListConversations AnswerRecords.ListAnswerRecords',
  },
  {
    isAllowed: false,
    why: 'Dialogflow offers it without a location only.',
    methods: 'Participants.ListSuggestions Participants.CompileSuggestion',
  },
  {
    isAllowed: false,
    why: 'It administers Agent Assist. An agent uses what an administrator has set up.',
    methods:
      'ConversationProfiles.ListConversationProfiles ConversationProfiles.CreateConversationProfile ' +
      'ConversationProfiles.UpdateConversationProfile ConversationProfiles.DeleteConversationProfile ' +
      'ConversationProfiles.SetSuggestionFeatureConfig ConversationProfiles.ClearSuggestionFeatureConfig ' +
      'ConversationModels.ListConversationModels ConversationModels.CreateConversationModel ' +
      'ConversationModels.DeleteConversationModel ConversationModels.DeployConversationModel ' +
      'ConversationModels.UndeployConversationModel ConversationModels.CreateConversationModelEvaluation ' +
      'Generators.ListGenerators Generators.CreateGenerator Generators.UpdateGenerator Generators.DeleteGenerator ' +
      'GeneratorEvaluations.CreateGeneratorEvaluation GeneratorEvaluations.DeleteGeneratorEvaluation ' +
      'Tools.ListTools Tools.GetTool Tools.CreateTool Tools.UpdateTool Tools.DeleteTool',
  },
  {
    isAllowed: false,
    why: 'It holds transcripts of all conversations, or the documents behind the answers.',
    methods:
      'ConversationDatasets.ListConversationDatasets ConversationDatasets.GetConversationDataset ' +
      'ConversationDatasets.CreateConversationDataset ConversationDatasets.DeleteConversationDataset ' +
      'ConversationDatasets.ImportConversationData ' +
      'KnowledgeBases.ListKnowledgeBases KnowledgeBases.GetKnowledgeBase KnowledgeBases.CreateKnowledgeBase ' +
      'KnowledgeBases.UpdateKnowledgeBase KnowledgeBases.DeleteKnowledgeBase ' +
      'Documents.ListDocuments Documents.GetDocument Documents.CreateDocument Documents.UpdateDocument ' +
      'Documents.DeleteDocument Documents.ImportDocuments Documents.ReloadDocument Documents.ExportDocument',
  },
  {
    isAllowed: false,
    why: 'It belongs to virtual agents, which no agent desktop uses.',
    methods:
      'Agents.GetAgent Agents.SetAgent Agents.DeleteAgent Agents.SearchAgents Agents.TrainAgent ' +
      'Agents.ExportAgent Agents.ImportAgent Agents.RestoreAgent Agents.GetValidationResult ' +
      'Sessions.DetectIntent ' +
      'Contexts.ListContexts Contexts.GetContext Contexts.CreateContext Contexts.UpdateContext ' +
      'Contexts.DeleteContext Contexts.DeleteAllContexts ' +
      'Intents.ListIntents Intents.GetIntent Intents.CreateIntent Intents.UpdateIntent Intents.DeleteIntent ' +
      'Intents.BatchUpdateIntents Intents.BatchDeleteIntents ' +
      'EntityTypes.ListEntityTypes EntityTypes.GetEntityType EntityTypes.CreateEntityType ' +
      'EntityTypes.UpdateEntityType EntityTypes.DeleteEntityType EntityTypes.BatchUpdateEntityTypes ' +
      'EntityTypes.BatchDeleteEntityTypes EntityTypes.BatchCreateEntities EntityTypes.BatchUpdateEntities ' +
      'EntityTypes.BatchDeleteEntities ' +
      'SessionEntityTypes.ListSessionEntityTypes SessionEntityTypes.GetSessionEntityType ' +
      'SessionEntityTypes.CreateSessionEntityType SessionEntityTypes.UpdateSessionEntityType ' +
      'SessionEntityTypes.DeleteSessionEntityType ' +
      'Environments.ListEnvironments Environments.GetEnvironment Environments.CreateEnvironment ' +
      'Environments.UpdateEnvironment Environments.DeleteEnvironment Environments.GetEnvironmentHistory ' +
      'Fulfillments.GetFulfillment Fulfillments.UpdateFulfillment ' +
      'Versions.ListVersions Versions.GetVersion Versions.CreateVersion Versions.UpdateVersion Versions.DeleteVersion',
  },
  {
    isAllowed: false,
    why: 'It administers telephony or encryption.',
    methods:
      'PhoneNumbers.ListPhoneNumbers PhoneNumbers.UpdatePhoneNumber PhoneNumbers.DeletePhoneNumber ' +
      'PhoneNumbers.UndeletePhoneNumber SipTrunks.ListSipTrunks SipTrunks.GetSipTrunk SipTrunks.CreateSipTrunk ' +
      'SipTrunks.UpdateSipTrunk SipTrunks.DeleteSipTrunk ' +
      'EncryptionSpecService.GetEncryptionSpec EncryptionSpecService.InitializeEncryptionSpec',
  },
];

/** Methods that stream in both directions and have no HTTP rule, so the proxy cannot carry them. */
const STREAMING = [
  'Participants.StreamingAnalyzeContent',
  'Participants.BidiStreamingAnalyzeContent',
  'Sessions.StreamingDetectIntent',
];

/** Calls of the UI modules that the protos of this version do not have. */
const BEYOND_THE_PROTOS: [verb: string, resource: string][] = [
  ['GET', 'companionAgents/x'],
  ['GET', 'companionAgentWorkflows/x'],
];

const { rules, withoutRule } = await dialogflowRules();
const decisions = new Map(
  DECISIONS.flatMap(({ methods, ...decision }) => methods.split(' ').map((method) => [method, decision])),
);

test('the protos are read whole: both versions and every binding', () => {
  assert.ok(rules.length > 400, `only ${rules.length} rules`);
  assert.ok(rules.some(({ version, method }) => version === 'v2' && method === 'Agents.GetAgent'));
  const bindings = rules.filter(
    ({ version, method }) => version === 'v2' && method === 'Conversations.SearchKnowledge',
  );
  assert.is(bindings.length, 4);
});

test('each method of the protos has one decision, and each decision a method', () => {
  const named = DECISIONS.flatMap(({ methods }) => methods.split(' '));
  assert.equal(named.toSorted(), [...new Set(rules.map(({ method }) => method))].toSorted());
  assert.equal(withoutRule.toSorted(), STREAMING.toSorted());
});

for (const version of ['v2', 'v2beta1'] as const) {
  for (const [method, { isAllowed, why }] of decisions) {
    const own = rules.filter((rule) => rule.version === version && rule.method === method);
    if (own.length === 0) continue;
    test(`${version} ${method} is ${isAllowed ? 'allowed' : 'refused'}`, () => {
      for (const rule of own) {
        // A name without a location is refused in every rule: the location chooses Dialogflow's host.
        const isForwarded = isAllowed && rule.template.includes('locations/*');
        assert.is(kindOf(rule) === 'forward', isForwarded, `${rule.verb} ${rule.template}: ${why}`);
      }
    });
  }
  for (const [verb, resource] of BEYOND_THE_PROTOS) {
    test(`${version} ${verb} ${resource} is allowed although the protos lack it`, () => {
      const template = `/${version}/projects/*/locations/*/${resource}`;
      assert.is(kindOf({ version, method: '', verb, template }), 'forward');
      assert.not.ok(rules.some((rule) => rule.template.includes(resource.split('/')[0] ?? '')));
    });
  }
}

function kindOf({ verb, template }: HttpRule): string {
  const kinds = ['global', 'europe-west2'].map(
    (location) => matchRoute(verb, examplePath(template, PROJECT.id, location), PROJECT).kind,
  );
  assert.is(kinds[0], kinds[1], template);
  return kinds[0] ?? '';
}

test.run();
