import type { Scenario } from '../scenario.ts';
import { agent, customer, entity, hangUp, silence, suggest, suggestLater } from './steps.ts';
import { articles, coaching, faq, knowledge, smartReplies, summary } from './suggestions.ts';

/** In French: somebody moves house and takes the electricity contract along. */
export const energyFr: Scenario = {
  name: 'energy-fr',
  title: 'In French: an electricity contract moves house.',
  language: 'fr-FR',
  steps: [
    agent('Bonjour, Énergie Claire, Camille à l’appareil. Que puis-je faire pour vous ?'),
    customer('Bonjour. Je déménage le 28 mars, et je voudrais garder mon contrat d’électricité.', {
      sentiment: 0.1,
      entities: [entity('28 mars', 'date', '2026-03-28T12:00:00+01:00')],
      misheard: { mars: 'marre' },
    }),
    suggest(
      smartReplies(
        ['Bien sûr. Quelle est votre nouvelle adresse ?', 0.95],
        ['Connaissez-vous le numéro du nouveau compteur ?', 0.85],
        ['Quand rendez-vous les clés de l’ancien logement ?', 0.66],
      ),
      faq('demenagement', {
        question: 'Puis-je garder mon offre quand je déménage ?',
        answer: 'Oui, l’offre vous suit sans frais si vous nous prévenez cinq jours avant.',
        confidence: 0.89,
      }),
    ),
    agent('Bien sûr. Quelle est votre nouvelle adresse, s’il vous plaît ?'),
    customer('C’est le 14, rue des Tilleuls, à Nantes. L’appartement fait soixante mètres carrés.', {
      entities: [
        entity('Nantes', 'geo-city', 'Nantes'),
        entity('soixante mètres carrés', 'unit-area', { amount: 60, unit: 'm^2' }),
      ],
    }),
    suggestLater(
      coaching({
        applicableInstructions: [
          {
            displayName: 'Puissance du compteur',
            condition: 'Le client change de logement',
            agentAction: 'Demander si le chauffage est électrique, puis proposer la puissance.',
            triggeringEvent: 'CUSTOMER_MESSAGE',
          },
        ],
        agentActionSuggestions: [
          { agentAction: 'Demander si le chauffage est électrique.', sources: { instructionIndexes: [0] } },
        ],
        sampleResponses: [
          { responseText: 'Est-ce que le chauffage est électrique ?', sources: { instructionIndexes: [0] } },
        ],
      }),
    ),
    silence(900),
    agent('Merci. Est-ce que le chauffage est électrique ?'),
    customer('Non, c’est au gaz. Et le compteur, est-ce que quelqu’un doit venir ?', { sentiment: -0.2 }),
    suggest(
      knowledge(
        'Faut-il un technicien pour mettre un compteur communicant en service ?',
        {
          answerText:
            'Non. Un compteur communicant est mis en service à distance, le jour de l’emménagement.',
          generativeSource: {
            snippets: [
              {
                title: 'Mise en service',
                uri: 'https://aide.example/mise-en-service',
                text: 'La mise en service se fait à distance, sans rendez-vous.',
              },
            ],
          },
        },
        { further: ['Combien coûte la mise en service en urgence ?'] },
      ),
      articles({
        title: 'Emménager : les étapes',
        uri: 'https://aide.example/emmenager',
        snippets: ['Relevez l’ancien compteur le jour où vous rendez les clés.'],
      }),
    ),
    agent('Non, il est mis en service à distance. Relevez seulement l’ancien compteur le jour du départ.'),
    customer('Parfait. Et est-ce que le prix change ? J’ai déjà payé très cher cet hiver.', {
      sentiment: -0.5,
      misheard: { prix: 'prit', cher: 'chair' },
    }),
    agent('Le prix du kilowattheure reste le même. L’abonnement baisse de deux euros par mois.', {
      entities: [entity('deux euros', 'unit-currency', { amount: 2, currency: 'EUR' })],
    }),
    customer('Ah, c’est une bonne nouvelle ! Merci beaucoup, Camille.', { sentiment: 0.9 }),
    suggestLater(
      summary({
        situation: 'Déménagement le 28 mars, 14 rue des Tilleuls à Nantes ; chauffage au gaz.',
        action: 'Contrat transféré ; mise en service à distance expliquée.',
        resolution: 'Abonnement réduit de 2 € par mois ; relevé à envoyer le jour du départ.',
      }),
    ),
    agent('Je vous en prie. Bon déménagement, et bonne journée !'),
    silence(700),
    hangUp,
  ],
};
