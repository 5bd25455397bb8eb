// Names of resources as Dialogflow writes them.
export const LOCATION = 'projects/brightwater-cc/locations/global';
export const CONVERSATION = `${LOCATION}/conversations/1zQ4mVd7TkuRbX0pLwH2sA`;
export const UTTERANCE = `${CONVERSATION}/messages/Yk3uD0qXRv`;
export const record = (id: string) => `${LOCATION}/answerRecords/${id}`;
