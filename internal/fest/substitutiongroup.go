package fest

// SubstitutionGroup is Byttegruppe. A remark limits substitution and is then
// always described (R96). Its until-date has been in use since 2026 (R95).
type SubstitutionGroup struct {
	ID                          ID      `fest:"m30:Id" json:"id"`
	Code                        CS      `fest:"m30:Kode" json:"code" list:"7450"`
	RemarkRegardingSubstitution Boolean `fest:"m30:MerknadTilByttbarhet" json:"remarkRegardingSubstitution"`
	SubstitutionDescription     *Text   `fest:"m30:BeskrivelseByttbarhet" json:"substitutionDescription"`
	ValidFromDate               *Date   `fest:"m30:GyldigFraDato" json:"validFromDate"`
	ValidUntilDate              *Date   `fest:"m30:GyldigTilDato" json:"validUntilDate"`
}
